import type { ITaggedCell } from '../stageList';
import {
  clearStage,
  mergeStages,
  moveTags,
  setTag,
  setTags
} from '../tagEdits';
import type { ITagChange } from '../tagEdits';

function cell(id: string, tags?: unknown, type = 'code'): ITaggedCell {
  return { id, type, tags };
}

function results(changes: ITagChange[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map(change => [change.cellId, change.after])
  );
}

describe('setTag', () => {
  it('changes the code cells that are meant', () => {
    const cells = [cell('a'), cell('b'), cell('c', ['x'], 'markdown')];
    expect(results(setTag(cells, new Set(['a', 'c']), 'setup'))).toEqual({
      a: ['setup']
    });
  });

  it('leaves a cell alone that has the tag', () => {
    const cells = [cell('a', ['setup', 'slow'])];
    expect(setTag(cells, new Set(['a']), 'setup')).toEqual([]);
  });

  it('leaves no empty list behind, and no cell without tags touched', () => {
    const cells = [cell('a', ['skip']), cell('b'), cell('c', [])];
    const changes = setTag(cells, new Set(['a', 'b', 'c']), null);
    expect(results(changes)).toEqual({ a: undefined });
  });

  it('keeps what is no string among the tags', () => {
    const cells = [cell('a', [3, 'stage:x', { odd: true }])];
    expect(results(setTag(cells, new Set(['a']), 'stage:y'))).toEqual({
      a: [3, { odd: true }, 'stage:y']
    });
  });

  it('always makes a new list', () => {
    const tags = ['slow'];
    const [change] = setTag([cell('a', tags)], new Set(['a']), 'skip');
    expect(change.after).not.toBe(tags);
    expect(tags).toEqual(['slow']);
  });
});

describe('setTags', () => {
  it('gives each cell its own', () => {
    const tags = new Map([
      ['a', 'setup'],
      ['b', null]
    ]);
    const cells = [cell('a'), cell('b', ['skip', 'x']), cell('c')];
    expect(results(setTags(cells, tags))).toEqual({ a: ['setup'], b: ['x'] });
  });
});

describe('mergeStages', () => {
  it('renames a stage where the tag stands', () => {
    const cells = [cell('a', ['x', 'stage:old', 'y']), cell('b', ['stage:z'])];
    expect(results(mergeStages(cells, ['old'], 'new'))).toEqual({
      a: ['x', 'stage:new', 'y']
    });
  });

  it('puts several into one, even if it is among them', () => {
    const cells = [
      cell('a', ['stage:a']),
      cell('b', ['stage:b']),
      cell('c', ['stage:c', 'stage:a'])
    ];
    expect(results(mergeStages(cells, ['a', 'b', 'c'], 'a'))).toEqual({
      b: ['stage:a'],
      c: ['stage:a']
    });
  });

  it('mends a name that breaks the rule', () => {
    const cells = [cell('a', ['stage:Not Yet'])];
    expect(results(mergeStages(cells, ['Not Yet'], 'not_yet'))).toEqual({
      a: ['stage:not_yet']
    });
  });
});

describe('clearStage', () => {
  it('takes its cells out and keeps their other tags', () => {
    const cells = [cell('a', ['stage:a', 'x']), cell('b', ['stage:b'])];
    expect(results(clearStage(cells, 'a'))).toEqual({ a: ['x'] });
  });
});

describe('moveTags', () => {
  it('gives back exactly what was there', () => {
    expect(moveTags(['x', 'setup'], ['x', 'setup'], ['setup', 'x'])).toEqual({
      value: ['setup', 'x']
    });
    expect(moveTags(['setup'], ['setup'], undefined)).toEqual({
      value: undefined
    });
  });

  it('keeps tags that others set in between', () => {
    expect(moveTags(['new', 'setup'], ['setup'], ['stage:a'])).toEqual({
      value: ['new', 'stage:a']
    });
  });

  it('leaves a tag of ours alone that came later', () => {
    expect(moveTags(['skip'], ['setup'], ['stage:a'])).toBeNull();
  });
});
