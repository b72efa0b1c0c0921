import { dependantsOf, stagesWithin } from '../dependants';

function carried(name: string, made: string, ...changed: string[]): object {
  return {
    name,
    made: { cell_id: made },
    changed: changed.map(cell_id => ({ cell_id }))
  };
}

const EDGES = [
  {
    source: 'load',
    target: 'train',
    carries: [carried('y', 'c1'), carried('x', 'c0', 'c2')]
  },
  { source: 'load', target: 'report', carries: [carried('x', 'c0', 'c2')] },
  { source: 'train', target: 'report', carries: [carried('model', 'c3')] }
] as Parameters<typeof dependantsOf>[0];

describe('dependantsOf', () => {
  it('names the stages and what they need', () => {
    expect(dependantsOf(EDGES, new Set(['c0', 'c1']), new Set())).toEqual([
      { stage: 'train', names: ['x', 'y'] },
      { stage: 'report', names: ['x'] }
    ]);
  });

  it('counts a cell that changes a value', () => {
    expect(dependantsOf(EDGES, new Set(['c2']), new Set())).toHaveLength(2);
  });

  it('does not count stages that leave as well', () => {
    const cells = new Set(['c0', 'c1', 'c2', 'c3']);
    expect(dependantsOf(EDGES, cells, new Set(['load', 'train']))).toEqual([
      { stage: 'report', names: ['model', 'x'] }
    ]);
  });

  it('is empty where nobody needs anything', () => {
    expect(dependantsOf(EDGES, new Set(['c9']), new Set())).toEqual([]);
  });
});

describe('stagesWithin', () => {
  it('finds the stages that leave as a whole', () => {
    const stages = [
      { name: 'a', cellIds: ['1', '2'] },
      { name: 'b', cellIds: ['3'] }
    ];
    expect(stagesWithin(stages, new Set(['1', '3']))).toEqual(new Set(['b']));
  });
});
