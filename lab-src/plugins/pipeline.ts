import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';

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
    let panel: NotebookPanel | null = null;

    const read = (): void => {
      model.notebook = panel?.content.model ?? null;
    };
    const follow = (): void => {
      // A panel that was closed has dropped its signals by itself.
      panel?.content?.modelChanged.disconnect(read, model);
      panel = tracker.currentWidget;
      // The content of a notebook that is still loading comes later.
      panel?.content.modelChanged.connect(read, model);
      read();
    };
    tracker.currentChanged.connect(follow, model);
    follow();
    return model;
  }
};
