import type { VDomRenderer } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';

import type { IStage } from './stages/stageList';

/** The pipeline of the notebook in front, as its tags describe it. */
export interface IPipelineModel extends VDomRenderer.IModel {
  /** Whether there is a notebook in front. */
  readonly hasNotebook: boolean;

  /** The stages in notebook order; `stateChanged` tells when they change. */
  readonly stages: ReadonlyArray<IStage>;
}

export const IPipelineModel = new Token<IPipelineModel>(
  'jupyter-mlcode:IPipelineModel',
  'The stages of the notebook in front.'
);
