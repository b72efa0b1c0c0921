import type {
  Difference,
  Run,
  StageVerdict,
  Verification
} from '../../api/messages';

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

/** A verify that found this, and else nothing. */
export function verification(part: Partial<Verification>): Verification {
  const none = { count: 0, first: [] };
  return {
    equal: true,
    judged: 1,
    tolerance: null,
    reference_failure: '',
    notes: [],
    compared: [],
    differences: none,
    close: none,
    unstable: none,
    ...part
  };
}

/** What was compared in a stage, with these counts. */
export function stageVerdict(
  stage: string,
  part: Partial<StageVerdict>
): StageVerdict {
  const { equal = 0, close = 0, different = 0, unstable = 0 } = part;
  const judged = equal + close + different;
  const counts = { judged, equal, close, different, unstable };
  return { stage, variables: [], more: 0, ...counts, ...part };
}

/** A variable that differs in cell 3. */
export function difference(part: Partial<Difference>): Difference {
  return {
    kind: 'variable',
    stage: 'fit',
    name: 'df',
    cell: 3,
    cell_id: 'c3',
    text: "variable df differs in stage 'fit': notebook '1', pipeline '2'",
    hint: 'Tag them with one stage.',
    ...part
  };
}
