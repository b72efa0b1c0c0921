import contract from '../../../tests/contract/stage_tags.json';
import {
  foldStageName,
  isStageName,
  readStage,
  readTags,
  writeStage
} from '../stageTags';

describe('writeStage', () => {
  it.each(contract.write)('$why', ({ tags_in, stage, tags_out }) => {
    expect(writeStage(tags_in, stage)).toEqual(tags_out);
  });

  it.each(contract.write)(
    'writes what can be read again: $why',
    ({ tags_in, stage }) => {
      expect(readStage(writeStage(tags_in, stage))).toBe(stage);
    }
  );

  it('leaves the array it was given alone', () => {
    const tags = Object.freeze(['setup', 'slow']);
    expect(writeStage(tags, 'load')).not.toBe(tags);
  });
});

describe('readStage', () => {
  it.each(contract.read)('$tags', ({ tags, stage }) => {
    expect(readStage(tags)).toBe(stage);
  });
});

describe('readTags', () => {
  it.each([undefined, null, 'stage:load', 3, { 0: 'stage:load' }])(
    'finds no tags in %p',
    tags => {
      expect(readTags(tags)).toEqual([]);
    }
  );

  it('skips what is not a string', () => {
    expect(readTags(['slow', 3, null, 'stage:load'])).toEqual([
      'slow',
      'stage:load'
    ]);
  });
});

describe('isStageName', () => {
  it.each(contract.names.valid)('%p is a stage name', name => {
    expect(isStageName(name)).toBe(true);
  });

  it.each(contract.names.invalid)('%p is no stage name', name => {
    expect(isStageName(name)).toBe(false);
  });
});

describe('foldStageName', () => {
  it.each(contract.names.same)('%p and %p share their files', (left, right) => {
    expect(foldStageName(left)).toBe(foldStageName(right));
  });

  it.each(contract.names.different)('%p and %p do not', (left, right) => {
    expect(foldStageName(left)).not.toBe(foldStageName(right));
  });
});
