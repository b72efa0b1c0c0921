/* eslint-disable jupyter/prefer-lazy-imports -- the notebook in front is followed from the start */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';

import { NotebookSession } from '../model/notebookSession';
import { PipelineModel } from '../model/pipelineModel';
import { IPipelineClient, IPipelineModel, IPipelineSettings } from '../tokens';

/** Keeps one model of the pipeline on the notebook in front. */
export const pipelinePlugin: JupyterFrontEndPlugin<IPipelineModel> = {
  id: 'jupyter-mlcode:pipeline',
  description: 'Reads and analyses the stages of the notebook in front.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineClient, IPipelineSettings],
  provides: IPipelineModel,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    client: IPipelineClient,
    settings: IPipelineSettings
  ) => {
    const { contents } = app.serviceManager;
    const model = new PipelineModel(notebook => {
      const isIts = (panel: NotebookPanel): boolean =>
        panel.content.model === notebook;
      return new NotebookSession(notebook, {
        client,
        delay: () => settings.analysisDelay,
        session: UUID.uuid4(),
        path: () => contents.localPath(tracker.find(isIts)?.context.path ?? '')
      });
    });
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
    this._tracker.widgetAdded.connect((_, panel) => this._forgetLater(panel));
    this._tracker.forEach(panel => this._forgetLater(panel));
    this._onCurrentChanged();
  }

  private _onCurrentChanged(): void {
    this._panel?.content.modelChanged.disconnect(this._onModelChanged, this);
    this._panel = this._tracker.currentWidget;
    // A notebook that is still loading gets its model later.
    this._panel?.content.modelChanged.connect(this._onModelChanged, this);
    this._onModelChanged();
  }

  private _onModelChanged(): void {
    const panel = this._panel;
    const ready = panel?.context.isReady ?? true;
    this._pipeline.notebook = ready ? (panel?.content.model ?? null) : null;
    if (panel === null || ready) {
      return;
    }
    // Its cells come later still.
    void panel.context.ready.then(() => {
      if (panel === this._panel && !panel.isDisposed) {
        this._pipeline.notebook = panel.content.model;
      }
    });
  }

  private _forgetLater(panel: NotebookPanel): void {
    const model = panel.context.model;
    panel.disposed.connect(() => this._pipeline.forget(model));
  }

  private _panel: NotebookPanel | null = null;
}
