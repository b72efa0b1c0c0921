import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { PipelineClient } from '../api/client';
import { IPipelineClient } from '../tokens';

/** Talks with the server extension. */
export const clientPlugin: JupyterFrontEndPlugin<IPipelineClient> = {
  id: 'jupyter-mlcode:client',
  description: 'Sends requests to the server extension.',
  autoStart: true,
  provides: IPipelineClient,
  activate: (app: JupyterFrontEnd) =>
    new PipelineClient(app.serviceManager.serverSettings)
};
