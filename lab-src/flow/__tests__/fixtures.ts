import type {
  Analysis,
  Carried,
  Edge,
  Problem,
  Stage
} from '../../api/messages';

export function stage(name: string, cells: number[], title = ''): Stage {
  return {
    name,
    title,
    purpose: '',
    cells,
    cell_ids: cells.map(cell => `c${cell}`),
    inputs: [],
    outputs: [],
    params: [],
    needs: [],
    draws: [],
    reads: [],
    writes: [],
    carries_everything: ''
  };
}

export function carried(name: string): Carried {
  return {
    kind: 'variable',
    name,
    made: { cell: 3, cell_id: 'c3', line: 1 },
    changed: [
      { cell: 7, cell_id: 'c7', line: 4, text: 'df.dropna(inplace=True)' }
    ],
    read: { cell: 12, cell_id: 'c12', line: 2 }
  };
}

export function edge(source: string, target: string, ...names: string[]): Edge {
  return { source, target, carries: names.map(carried) };
}

export function problem(part: Partial<Problem>): Problem {
  return {
    code: 'MLC010',
    severity: 'error',
    message: 'something is wrong',
    hint: '',
    cell: null,
    cell_id: null,
    line: null,
    column: null,
    fix: null,
    ...part
  };
}

export function analysis(part: Partial<Analysis>): Analysis {
  return {
    revision: 1,
    name: 'n',
    stages: [],
    edges: [],
    parameters: [],
    problems: [],
    cells: {},
    ...part
  };
}
