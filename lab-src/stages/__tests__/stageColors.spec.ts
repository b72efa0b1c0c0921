import {
  assignColors,
  colorsToKeep,
  PALETTE_SIZE,
  readColors,
  writeColors
} from '../stageColors';

const NONE = new Map<string, number>();

describe('assignColors', () => {
  it('follows the order of the stages', () => {
    expect(assignColors(['b', 'a'], NONE)).toEqual(
      new Map([
        ['b', 0],
        ['a', 1]
      ])
    );
  });

  it('leaves a kept color to its stage', () => {
    const colors = assignColors(['new', 'old'], new Map([['old', 0]]));
    expect(colors.get('new')).toBe(1);
  });

  it('begins again when there are more stages than colors', () => {
    const names = Array.from({ length: PALETTE_SIZE + 2 }, (_, i) => `s${i}`);
    const colors = assignColors(names, NONE);
    expect(colors.get(`s${PALETTE_SIZE}`)).toBe(0);
    expect(colors.get(`s${PALETTE_SIZE + 1}`)).toBe(1);
  });

  it('has a color for names that objects know', () => {
    expect(assignColors(['constructor', '__proto__'], NONE).size).toBe(2);
  });
});

describe('colorsToKeep', () => {
  it('writes nothing for a stage that is added at the end', () => {
    expect(colorsToKeep(['a'], ['a', 'b'], NONE)).toBeNull();
  });

  it('keeps the colors when a stage comes in front', () => {
    const kept = colorsToKeep(['a', 'b'], ['new', 'a', 'b'], NONE);
    expect(kept).toEqual(
      new Map([
        ['a', 0],
        ['b', 1]
      ])
    );
    expect(assignColors(['new', 'a', 'b'], kept ?? NONE).get('new')).toBe(2);
  });

  it('keeps a color under another name', () => {
    const kept = new Map([['old', 5]]);
    const renamed = new Map([['new', 'old']]);
    expect(colorsToKeep(['old'], ['new'], kept, renamed)).toEqual(
      new Map([['new', 5]])
    );
  });

  it('keeps colors when the stage before is gone', () => {
    expect(colorsToKeep(['a', 'b'], ['b'], NONE)).toEqual(new Map([['b', 1]]));
  });
});

describe('the colors in the metadata', () => {
  it('are read back as written, with what else is there', () => {
    const colors = new Map([
      ['a', 3],
      ['__proto__', 4]
    ]);
    const mlcode = writeColors({ engine: 'dvc' }, colors);
    expect(mlcode.engine).toBe('dvc');
    expect(readColors(JSON.parse(JSON.stringify(mlcode)))).toEqual(colors);
  });

  it.each([
    undefined,
    null,
    'red',
    [],
    { colors: 3 },
    { colors: { a: 'red' } }
  ])('are passed over when they are %p', mlcode => {
    expect(readColors(mlcode).size).toBe(0);
  });

  it.each([-1, PALETTE_SIZE, 1.5])('have no place %p', color => {
    expect(readColors({ colors: { a: color } }).size).toBe(0);
  });
});
