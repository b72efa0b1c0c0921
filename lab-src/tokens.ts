import type { VDomRenderer } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { RequestError } from './api/errors';
import type {
  AnalyseReply,
  AnalyseRequest,
  Analysis,
  ExportReply,
  ExportRequest,
  LogReply,
  Run,
  RunsReply,
  StartRequest,
  SuggestReply,
  Unreadable
} from './api/messages';
import type { NotebookTagsRegistry } from './model/notebookTags';
import type { RunsModel } from './runs/runsModel';
import type { IStage } from './stages/stageList';

/**
 * The pipeline of the notebook in front: what its tags say at once, and what the server found.
 *
 * `stateChanged` tells when any of this changes, once for each analysis.
 */
export interface IPipelineModel extends VDomRenderer.IModel {
  /** The model of the notebook in front, to keep something by; null when there is none. */
  readonly notebook: object | null;

  /** Whether there is a notebook in front. */
  readonly hasNotebook: boolean;

  /** The stages in notebook order, by the tags as they are now. */
  readonly stages: ReadonlyArray<IStage>;

  /** What the server found last; null before its first answer. */
  readonly analysis: Analysis | null;

  /** Why the notebook as a whole cannot be analysed; null when it can. */
  readonly unreadable: Unreadable | null;

  /** Why the last request for an analysis was not answered; null when it was. */
  readonly failure: RequestError | null;

  /** Whether the notebook has changed since the analysis. */
  readonly stale: boolean;

  /** `stale` became true. Apart from `stateChanged`, as it happens while somebody types. */
  readonly lagged: ISignal<this, void>;

  /** The stage that is selected in the panel; null when none is. */
  selectedStage: string | null;

  /** What the server found last about any open notebook, by its model. */
  analysisOf(notebook: object): Analysis | null;

  /** Analyses at once, without waiting for a pause in the typing. */
  refresh(): Promise<void>;

  /** The notebook as it is now, as a request that needs nothing from before; for `suggest`. */
  wholeRequest(): AnalyseRequest | null;
}

export const IPipelineModel = new Token<IPipelineModel>(
  'jupyter-mlcode:IPipelineModel',
  'The pipeline of the notebook in front.'
);

/** The tags of notebooks: how they are edited, undone, watched and suggested. */
export type INotebookTags = NotebookTagsRegistry;

export const INotebookTags = new Token<INotebookTags>(
  'jupyter-mlcode:INotebookTags',
  'Edits the tags of notebooks.'
);

/** The user's settings. */
export interface IPipelineSettings {
  /** The folder for exports, relative to the notebook's; empty: named like the notebook. */
  readonly outputFolder: string;

  /** The targets of an export besides the pipeline itself. */
  readonly targets: ReadonlyArray<string>;

  /** How long typing must pause before the notebook is analysed, in milliseconds. */
  readonly analysisDelay: number;

  /** Whether cells show their stages. */
  readonly badges: boolean;

  /** Whether cells without a tag say what becomes of them. */
  readonly untagged: 'explain' | 'hide';

  /** Emitted when a setting changes. */
  readonly changed: ISignal<this, void>;
}

export const IPipelineSettings = new Token<IPipelineSettings>(
  'jupyter-mlcode:IPipelineSettings',
  'The settings of the pipeline extension.'
);

/** The requests that the server extension answers. */
export interface IPipelineClient {
  analyse(request: AnalyseRequest): Promise<AnalyseReply>;
  suggest(request: AnalyseRequest): Promise<SuggestReply>;
  export(request: ExportRequest): Promise<ExportReply>;
  runs(path: string, folder: string | null): Promise<RunsReply>;
  start(request: StartRequest): Promise<Run>;
  run(id: string): Promise<Run>;
  cancel(id: string): Promise<Run>;
  log(id: string, offset: number): Promise<LogReply>;
}

export const IPipelineClient = new Token<IPipelineClient>(
  'jupyter-mlcode:IPipelineClient',
  'Sends requests to the server extension.'
);

/** The runs of the notebook in front. */
export type IRunsModel = RunsModel;

export const IRunsModel = new Token<IRunsModel>(
  'jupyter-mlcode:IRunsModel',
  'The runs of the notebook in front.'
);
