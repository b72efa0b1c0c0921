import type { Run } from '../../api/messages';

/** A run that has this, and else nothing of interest. */
export function run(part: Partial<Run>): Run {
  return {
    id: 'r',
    path: 'n.ipynb',
    kind: 'run',
    state: 'completed',
    started: '2026-01-02T03:04:05+00:00',
    seconds: 1,
    parameters: {},
    metrics: {},
    stages: [],
    folder: '',
    report: '',
    outcome: '',
    failure: null,
    tolerance: null,
    verify: null,
    ...part
  };
}
