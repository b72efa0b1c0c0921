import type { VDomRenderer } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';

import type { Analysis, Unreadable } from './api/messages';
import type { IStage } from './stages/stageList';

/**
 * The pipeline of the notebook in front: what its tags say at once, and what the server found.
 *
 * `stateChanged` tells when any of this changes, once for each analysis.
 */
export interface IPipelineModel extends VDomRenderer.IModel {
  /** Whether there is a notebook in front. */
  readonly hasNotebook: boolean;

  /** The stages in notebook order, by the tags as they are now. */
  readonly stages: ReadonlyArray<IStage>;

  /** What the server found last; null before its first answer. */
  readonly analysis: Analysis | null;

  /** Why the notebook as a whole cannot be analysed; null when it can. */
  readonly unreadable: Unreadable | null;

  /** Whether the notebook has changed since the analysis. */
  readonly stale: boolean;

  /** The stage that is selected in the panel; null when none is. */
  selectedStage: string | null;

  /** What the server found last about any open notebook, by its model. */
  analysisOf(notebook: object): Analysis | null;
}

export const IPipelineModel = new Token<IPipelineModel>(
  'jupyter-mlcode:IPipelineModel',
  'The pipeline of the notebook in front.'
);
