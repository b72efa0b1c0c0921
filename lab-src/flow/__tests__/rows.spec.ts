import { cellRanges, relate, shorten, stageRows } from '../rows';
import { analysis, edge, problem, stage } from './fixtures';

const STAGES = ['load', 'train'].map((name, index) => ({
  name,
  valid: true,
  cellIds: [`c${index + 1}`]
}));

describe('stageRows', () => {
  it('shows what the tags say before the first analysis', () => {
    expect(stageRows(STAGES, null, null)).toMatchObject([
      { name: 'load', number: 1, cells: [], relation: 'none' },
      { name: 'train', number: 2 }
    ]);
  });

  it('takes titles and variables from the analysis', () => {
    const found = {
      ...stage('load', [1], 'Load the data'),
      outputs: ['df']
    };
    const [row] = stageRows(STAGES, analysis({ stages: [found] }), null);
    expect([row.title, row.outputs]).toEqual(['Load the data', ['df']]);
  });

  it('counts the problems of the cells of a stage', () => {
    const problems = [
      problem({ cell_id: 'c1' }),
      problem({ cell_id: 'c1', severity: 'warning' }),
      problem({ cell_id: 'c1', severity: 'note' }),
      problem({ cell_id: null })
    ];
    expect(stageRows(STAGES, analysis({ problems }), null)).toMatchObject([
      { errors: 1, warnings: 1 },
      { errors: 0, warnings: 0 }
    ]);
  });
});

describe('relate', () => {
  const edges = [
    edge('load', 'train', 'df', 'df', 'n'),
    edge('train', 'test', 'model')
  ];

  it('names what a needed stage gives to the selected one', () => {
    expect(relate('load', 'train', edges)).toEqual({
      relation: 'needed',
      involved: ['df', 'n']
    });
  });

  it('names what another takes from the selected one', () => {
    expect(relate('test', 'train', edges)).toEqual({
      relation: 'needs',
      involved: ['model']
    });
  });

  it('finds nothing between strangers', () => {
    expect(relate('load', 'test', edges).relation).toBe('none');
  });
});

describe('cellRanges', () => {
  it.each([
    [[], ''],
    [[2], '2'],
    [[2, 5, 6, 7, 9], '2, 5–7, 9']
  ])('%p', (cells, text) => {
    expect(cellRanges(cells)).toBe(text);
  });
});

describe('shorten', () => {
  it('says how many are left out', () => {
    expect(shorten(['a', 'b', 'c'], 2)).toEqual({ shown: ['a', 'b'], more: 1 });
  });
});
