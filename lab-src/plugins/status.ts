import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IPipelineModel } from '../tokens';
import { StatusItem } from '../widgets/statusItem';

/** Says in the status bar how many stages and problems there are. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:status',
  description: 'Counts stages and problems in the status bar.',
  autoStart: true,
  requires: [IPipelineModel],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IPipelineModel,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    statusBar?.registerStatusItem('jupyter-mlcode:status', {
      item: new StatusItem(model, trans, () =>
        app.shell.activateById('jp-mlcode-pipeline-panel')
      ),
      align: 'left',
      rank: 10,
      isActive: () => model.hasNotebook,
      activeStateChanged: model.stateChanged
    });
  }
};
