import { nextCodeCell, stepStage } from '../stageSteps';

const CELLS = ['', 'a', 'a', '', 'a', '#', 'b', '', 'a'].map((name, index) => ({
  id: String(index),
  type: name === '#' ? 'markdown' : 'code',
  tags: name === '' ? [] : [`stage:${name}`]
}));

describe('stepStage', () => {
  it.each([
    [0, 1, 1],
    [1, 1, 6],
    [6, 1, 8],
    [8, 1, null],
    [8, -1, 6],
    [7, -1, 6],
    [4, -1, 1],
    [1, -1, null]
  ] as const)('from cell %i in direction %i to %p', (from, direction, to) => {
    expect(stepStage(CELLS, from, direction)).toBe(to);
  });
});

describe('nextCodeCell', () => {
  it('passes over other cells', () => {
    expect(nextCodeCell(CELLS, 4)).toBe(6);
  });

  it('ends with the notebook', () => {
    expect(nextCodeCell(CELLS, 8)).toBeNull();
  });
});
