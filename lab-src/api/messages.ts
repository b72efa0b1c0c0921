/* eslint-disable */
// Made by `jlpm schema` from jupyter_mlcode/server/schema/api.schema.json: edit that.

export type Severity = 'error' | 'warning' | 'note';
export type AnalyseReply = Analysis | SameGraph | Resync | Unreadable;
export type SuggestReply =
  | {
      suggestions: Suggestion[];
    }
  | Resync
  | Unreadable;
export type RunState =
  'running' | 'completed' | 'failed' | 'cancelled' | 'lost';
export type Verdict = 'equal' | 'close' | 'different' | 'unstable';
/**
 * What the socket `events` sends: the state of a run whenever it changes, and text that it prints.
 */
export type EventMessage =
  | {
      type: 'run';
      run: Run;
    }
  | {
      type: 'log';
      id: string;
      offset: number;
      text: string;
    };

/**
 * A line of a cell.
 */
export interface Spot {
  cell: number;
  cell_id: string;
  line: number;
}
/**
 * A line that changes a value, and the text of it that does.
 */
export interface Change {
  cell: number;
  cell_id: string;
  line: number;
  text: string;
}
export interface SentCell {
  type: 'code' | 'markdown' | 'raw';
  source: string;
  tags: string[];
}
/**
 * POST analyse, POST suggest. `base` is the revision that the server answered last (null: all cells are sent); `order` null means the order of `base`; `cells` holds those that changed since.
 */
export interface AnalyseRequest {
  session: string;
  path: string;
  revision: number;
  base: number | null;
  kernel: string;
  language: string;
  order: null | string[];
  cells: {
    [k: string]: SentCell;
  };
}
/**
 * The server does not have the base: send everything.
 */
export interface Resync {
  resync: true;
}
/**
 * The notebook as a whole cannot be analysed, for instance because of its kernel.
 */
export interface Unreadable {
  revision: number;
  code: string;
  message: string;
  hint: string;
}
/**
 * Give the cell this tag instead of ours that it has; an empty tag: none.
 */
export interface Fix {
  title: string;
  cell_id: string;
  tag: string;
}
export interface Problem {
  code: string;
  severity: Severity;
  message: string;
  hint: string;
  cell: number | null;
  cell_id: string | null;
  line: number | null;
  column: number | null;
  fix: Fix | null;
}
export interface Input {
  name: string;
  stage: string;
}
export interface FileUse {
  path: string | null;
  kind: string;
}
export interface Stage {
  name: string;
  title: string;
  purpose: string;
  cells: number[];
  cell_ids: string[];
  inputs: Input[];
  outputs: string[];
  params: string[];
  needs: string[];
  draws: string[];
  reads: FileUse[];
  writes: FileUse[];
  carries_everything: string;
}
/**
 * What crosses an edge: made here, changed there (in this order), read there.
 */
export interface Carried {
  kind: 'variable' | 'file' | 'random' | 'state';
  name: string;
  made: Spot;
  changed: Change[];
  read: Spot;
}
export interface Edge {
  source: string;
  target: string;
  carries: Carried[];
}
export interface Parameter {
  name: string;
  type: 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'null' | 'any';
  default: unknown;
  help: string;
  cell_id: string;
  line: number;
}
/**
 * What a code cell is to the pipeline. `counts_as_setup` and `left_out` are cells without a tag of ours; `needed` ones are in no stage and must be.
 */
export interface CellMark {
  role:
    | 'stage'
    | 'setup'
    | 'parameters'
    | 'skip'
    | 'counts_as_setup'
    | 'left_out'
    | 'needed'
    | 'empty';
  stage: string;
  reason: string;
}
export interface Analysis {
  revision: number;
  name: string;
  stages: Stage[];
  edges: Edge[];
  parameters: Parameter[];
  problems: Problem[];
  cells: {
    [k: string]: CellMark;
  };
}
/**
 * Answer of POST analyse when only the problems, or nothing, differ from those of `base`: keep the rest.
 */
export interface SameGraph {
  revision: number;
  base: number;
  problems: null | Problem[];
}
export interface Suggestion {
  cell_id: string;
  tag: string;
  reason: string;
}
/**
 * POST export: the notebook as it is saved. `diff` shows what `write` would do; `overwrite` allows replacing files that were edited by hand.
 */
export interface ExportRequest {
  path: string;
  folder: string | null;
  /**
   * @maxItems 20
   */
  targets: string[];
  stage_notebooks: boolean;
  mode: 'diff' | 'write';
  overwrite: boolean;
}
/**
 * `edited`: the file holds an edit by hand, or was there before us.
 */
export interface FileChange {
  path: string;
  kind: 'new' | 'changed' | 'removed' | 'edited';
  diff: string;
}
/**
 * `refused`: the notebook has errors (`problems`), nothing was written. `blocked`: files edited by hand are in the way, nothing was written. `differs`: what a `diff` found.
 */
export interface ExportReply {
  state: 'refused' | 'blocked' | 'up_to_date' | 'differs' | 'written';
  first: boolean;
  folder: string;
  targets: string[];
  changes: FileChange[];
  scripts: string[];
  command: string;
  problems: Problem[];
}
/**
 * POST runs: the exported pipeline of a notebook. `stage`: this one only; `from_stage`: from here on. `tolerance`, of a verify: numbers that differ by no more, relatively, are taken as equal, and listed as close. `anew`: stages whose results are kept run, too.
 */
export interface StartRequest {
  path: string;
  folder: string | null;
  kind: 'run' | 'verify';
  parameters: {
    [k: string]: unknown;
  };
  stage: string | null;
  from_stage: string | null;
  tolerance: number | null;
  anew: boolean;
}
export interface StageProgress {
  name: string;
  state:
    | 'waiting'
    | 'running'
    | 'completed'
    | 'unchanged'
    | 'failed'
    | 'interrupted'
    | 'not_run';
  done: number;
  cells: number;
  seconds: number;
  /**
   * the heading or number of the cell that is running
   */
  at: string;
  /**
   * the executed notebook, empty while there is none
   */
  notebook: string;
}
export interface RunFailure {
  stage: string;
  text: string;
  cell_id: string;
  cell: number | null;
  line: number | null;
}
/**
 * What was compared in a stage; an empty `stage`: what belongs to none. `judged` are those equal, close and different; `unstable` ones vary by themselves. `more` is how many variables are not listed.
 */
export interface StageVerdict {
  stage: string;
  judged: number;
  equal: number;
  close: number;
  different: number;
  unstable: number;
  variables: {
    name: string;
    verdict: Verdict;
  }[];
  more: number;
}
/**
 * One thing that is not equal: where, and what in a sentence.
 */
export interface Difference {
  kind:
    | 'printed'
    | 'result'
    | 'figure'
    | 'error'
    | 'variable'
    | 'random'
    | 'state'
    | 'file'
    | 'stage'
    | 'undeclared'
    | 'guard';
  stage: string;
  name: string;
  cell: number | null;
  cell_id: string;
  text: string;
  hint: string;
}
/**
 * How many there are, and the first of them in notebook order.
 */
export interface Differences {
  count: number;
  first: Difference[];
}
/**
 * What a verify found. `unstable` differs between two runs of the notebook itself and was not judged; `close` differs in numbers by no more than `tolerance`. `reference_failure`: how the notebook itself fails.
 */
export interface Verification {
  equal: boolean;
  judged: number;
  tolerance: number | null;
  reference_failure: string;
  notes: string[];
  compared: StageVerdict[];
  differences: Differences;
  close: Differences;
  unstable: Differences;
}
/**
 * One run of a pipeline. `lost`: its process is gone and left no report. `parameters` holds those that differ from the defaults; `metrics` the numbers of metrics files.
 */
export interface Run {
  id: string;
  path: string;
  kind: 'run' | 'verify';
  state: RunState;
  started: string;
  seconds: number;
  parameters: {
    [k: string]: unknown;
  };
  metrics: {
    [k: string]: number | string | boolean | null;
  };
  stages: StageProgress[];
  /**
   * where its files are, empty when outside of the server's root
   */
  folder: string;
  /**
   * the HTML report, empty while there is none
   */
  report: string;
  /**
   * one sentence about the end
   */
  outcome: string;
  failure: RunFailure | null;
  /**
   * what a verify was asked to take as equal
   */
  tolerance: number | null;
  verify: Verification | null;
}
/**
 * GET runs?path=NOTEBOOK, with folder=FOLDER when it is not the usual one: newest first.
 */
export interface RunsReply {
  runs: Run[];
}
/**
 * GET runs/ID/log?offset=N: what the run printed from that byte on.
 */
export interface LogReply {
  text: string;
  offset: number;
}
/**
 * The body of a reply with status 4xx or 5xx.
 */
export interface ErrorReply {
  message: string;
  code: string;
  hint: string;
}
