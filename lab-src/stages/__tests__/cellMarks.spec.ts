import { markCells } from '../cellMarks';
import type { IMarkSources } from '../cellMarks';
import type { ITaggedCell } from '../stageList';

function code(id: string, ...tags: string[]): ITaggedCell {
  return { id, type: 'code', tags };
}

function kinds(sources: Partial<IMarkSources>): Record<string, string> {
  const marks = markCells({
    cells: [],
    keptColors: new Map(),
    analysed: null,
    suggested: null,
    explain: true,
    ...sources
  });
  return Object.fromEntries(
    Array.from(marks, ([id, mark]) => [
      id,
      `${mark.kind} ${mark.stage} ${mark.color ?? '-'}${mark.ghost ? ' ?' : ''}`
    ])
  );
}

const ANALYSED = {
  a: { role: 'stage', reason: '' },
  b: { role: 'left_out', reason: 'changes nothing' },
  c: { role: 'empty', reason: '' }
};

describe('markCells', () => {
  it('marks what is tagged', () => {
    const cells = [code('a', 'stage:x'), code('b', 'slow', 'skip'), code('c')];
    expect(kinds({ cells })).toEqual({ a: 'stage x 0', b: 'skip  -' });
  });

  it('does not mark other cells than code', () => {
    const cells = [{ id: 'a', type: 'raw', tags: ['stage:x'] }];
    expect(kinds({ cells })).toEqual({});
  });

  it('explains untagged cells, but not empty ones', () => {
    const cells = [code('a', 'stage:x'), code('b'), code('c'), code('new')];
    expect(kinds({ cells, analysed: ANALYSED })).toEqual({
      a: 'stage x 0',
      b: 'left_out  -'
    });
  });

  it('trusts the tags where the analysis lags behind', () => {
    const cells = [code('a', 'stage:x'), code('b', 'stage:x')];
    expect(kinds({ cells, analysed: ANALYSED }).b).toBe('stage x 0');
  });

  it('explains nothing where the settings say so', () => {
    const cells = [code('a', 'stage:x'), code('b')];
    const sources = { cells, analysed: ANALYSED, explain: false };
    expect(kinds(sources)).toEqual({ a: 'stage x 0' });
  });

  it('explains nothing in a notebook without stages', () => {
    const cells = [code('a', 'parameters'), code('b')];
    expect(kinds({ cells, analysed: ANALYSED })).toEqual({
      a: 'parameters  -'
    });
  });

  it('shows what is suggested beside what is there', () => {
    const cells = [code('a', 'stage:x'), code('b'), code('c')];
    const suggested = [
      { cell_id: 'b', tag: 'stage:y', reason: 'heading' },
      { cell_id: 'c', tag: 'setup', reason: '' }
    ];
    expect(kinds({ cells, suggested, analysed: ANALYSED })).toEqual({
      a: 'stage x 0',
      b: 'stage y 1 ?',
      c: 'setup  - ?'
    });
  });

  it('is not misled by ids that objects know', () => {
    const cells = [code('a', 'stage:x'), code('constructor')];
    expect(kinds({ cells, analysed: ANALYSED })).toEqual({ a: 'stage x 0' });
  });
});
