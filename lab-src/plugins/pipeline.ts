import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Notebook } from '@jupyterlab/notebook';

import { PipelineModel } from '../model/pipelineModel';
import { IPipelineModel } from '../tokens';

/** Keeps one model of the pipeline on the notebook in front. */
export const pipelinePlugin: JupyterFrontEndPlugin<IPipelineModel> = {
  id: 'jupyter-mlcode:pipeline',
  description: 'Reads the stages of the notebook in front.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: IPipelineModel,
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    const model = new PipelineModel();
    new FrontNotebook(tracker, model).follow();
    return model;
  }
};

/** Hands the model of the notebook in front to the pipeline, whenever it changes. */
class FrontNotebook {
  constructor(
    private readonly _tracker: INotebookTracker,
    private readonly _pipeline: PipelineModel
  ) {}

  follow(): void {
    this._tracker.currentChanged.connect(this._onCurrentChanged, this);
    this._onCurrentChanged();
  }

  private _onCurrentChanged(): void {
    this._notebook?.modelChanged.disconnect(this._onModelChanged, this);
    this._notebook = this._tracker.currentWidget?.content ?? null;
    // A notebook that is still loading gets its model later.
    this._notebook?.modelChanged.connect(this._onModelChanged, this);
    this._onModelChanged();
  }

  private _onModelChanged(): void {
    this._pipeline.notebook = this._notebook?.model ?? null;
  }

  private _notebook: Notebook | null = null;
}
