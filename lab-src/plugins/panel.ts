import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IPipelineModel } from '../tokens';
import { PipelinePanel } from '../widgets/pipelinePanel';

/** The ids of our commands, for menus, shortcuts and other extensions. */
export namespace CommandIDs {
  export const revealCell = 'jupyter-mlcode:reveal-cell';
}

/** Shows the pipeline in the side bar. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:panel',
  description: 'Lists the stages of the notebook in front in the side bar.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineModel],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    model: IPipelineModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    app.commands.addCommand(CommandIDs.revealCell, {
      label: trans.__('Go to Cell of the Pipeline'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cellId: {
              type: 'string',
              description: trans.__('The id of the cell to show')
            }
          },
          required: ['cellId']
        }
      },
      isEnabled: () => tracker.currentWidget !== null,
      execute: async args => {
        const panel = tracker.currentWidget;
        if (panel !== null) {
          app.shell.activateById(panel.id);
          await revealCell(panel, String(args.cellId));
        }
      }
    });

    const panel = new PipelinePanel({
      model,
      trans,
      onReveal: cellId => {
        void app.commands.execute(CommandIDs.revealCell, { cellId });
      }
    });
    restorer?.add(panel, panel.id);
    app.shell.add(panel, 'left', { rank: 450, type: 'Pipeline' });
  }
};

async function revealCell(panel: NotebookPanel, cellId: string): Promise<void> {
  const notebook = panel.content;
  const cell = notebook.widgets.find(cell => cell.model.id === cellId);
  if (cell !== undefined) {
    // A cell under a folded heading has no place to scroll to.
    NotebookActions.expandParent(cell, notebook);
    await notebook.scrollToCell(cell);
  }
}
