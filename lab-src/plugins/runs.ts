/* eslint-disable jupyter/prefer-lazy-imports -- the model is handed out at once */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { ServerConnection } from '@jupyterlab/services';

import { EventStream } from '../api/events';
import { RunsModel } from '../runs/runsModel';
import { IPipelineClient, IPipelineModel, IRunsModel } from '../tokens';

/** Follows the runs of the notebook in front. */
export const runsPlugin: JupyterFrontEndPlugin<IRunsModel> = {
  id: 'jupyter-mlcode:runs',
  description: 'Follows the runs of the notebook in front.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineClient, IPipelineModel],
  provides: IRunsModel,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    client: IPipelineClient,
    pipeline: IPipelineModel
  ) => {
    const { contents, serverSettings } = app.serviceManager;
    const runs = new RunsModel(
      client,
      new EventStream(() => openSocket(serverSettings))
    );
    const follow = (): void => {
      const panel = pipeline.hasNotebook ? tracker.currentWidget : null;
      runs.path = panel === null ? '' : contents.localPath(panel.context.path);
    };
    pipeline.stateChanged.connect(follow);
    follow();
    return runs;
  }
};

function openSocket(settings: ServerConnection.ISettings): WebSocket {
  const url = URLExt.join(settings.wsUrl, 'mlcode', 'events');
  const query =
    settings.appendToken && settings.token !== ''
      ? `?token=${encodeURIComponent(settings.token)}`
      : '';
  return new settings.WebSocket(url + query);
}
