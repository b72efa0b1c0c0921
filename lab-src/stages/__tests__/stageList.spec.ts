import { listStages } from '../stageList';
import type { ITaggedCell } from '../stageList';

function code(id: string, ...tags: string[]): ITaggedCell {
  return { id, type: 'code', tags };
}

describe('listStages', () => {
  it('finds no stage in an untagged notebook', () => {
    expect(listStages([code('a'), code('b', 'slow')])).toEqual([]);
  });

  it('gathers the cells of a stage that stand apart', () => {
    const cells = [
      code('a', 'stage:x'),
      code('b', 'stage:y'),
      code('c', 'stage:x')
    ];
    expect(listStages(cells)).toEqual([
      { name: 'x', valid: true, cellIds: ['a', 'c'] },
      { name: 'y', valid: true, cellIds: ['b'] }
    ]);
  });

  it('takes only code cells', () => {
    expect(
      listStages([{ id: 'a', type: 'markdown', tags: ['stage:x'] }])
    ).toEqual([]);
  });

  it('shows a name that breaks the rule, marked as such', () => {
    expect(listStages([code('a', 'stage:Not Yet')])).toEqual([
      { name: 'Not Yet', valid: false, cellIds: ['a'] }
    ]);
  });

  it('survives tags of another shape', () => {
    expect(listStages([{ id: 'a', type: 'code', tags: 'stage:x' }])).toEqual(
      []
    );
  });

  it('keeps a stage called like a property of objects', () => {
    expect(listStages([code('a', 'stage:constructor')])).toHaveLength(1);
  });
});
