/* eslint-disable jupyter/prefer-lazy-imports -- the panel is there from the start */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commandIds';
import { PanelModel } from '../model/panelModel';
import { assignColors, readColors } from '../stages/stageColors';
import { IPipelineModel, IRunsModel } from '../tokens';
import { PipelinePanel } from '../widgets/pipelinePanel';
import { panelActions } from './panelActions';
import { revealCell } from './reveal';

/** Shows the pipeline in the side bar. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:panel',
  description: 'Shows the pipeline of the notebook in front in the side bar.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineModel, IRunsModel],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipeline: IPipelineModel,
    runs: IRunsModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    const model = new PanelModel(pipeline, runs);
    const panel = new PipelinePanel({
      model,
      trans,
      actions: panelActions(app, model),
      colors: () => {
        const mlcode =
          tracker.currentWidget?.content.model?.getMetadata('mlcode');
        const names = pipeline.stages.map(stage => stage.name);
        return assignColors(names, readColors(mlcode));
      }
    });
    app.commands.commandChanged.connect((_, { id, type }) => {
      if (id === CommandIDs.exportPipeline && type === 'changed') {
        panel.update();
      }
    });
    app.commands.addCommand(CommandIDs.revealCell, {
      label: trans.__('Go to Cell of the Pipeline'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cellId: {
              type: 'string',
              description: trans.__('The id of the cell to show')
            },
            line: {
              type: ['integer', 'null'],
              description: trans.__('The line of the cell, counted from 1')
            },
            cell: {
              type: 'integer',
              description: trans.__(
                'The number of the cell, for files without ids of cells'
              )
            }
          },
          required: ['cellId']
        }
      },
      isEnabled: () => tracker.currentWidget !== null,
      execute: async args => {
        const notebook = tracker.currentWidget;
        if (notebook !== null) {
          const line = typeof args.line === 'number' ? args.line : null;
          // Who looks at a stage stays in the panel; who goes to a line leaves it.
          if (line !== null || !notebook.isVisible) {
            app.shell.activateById(notebook.id);
          }
          const cell = typeof args.cell === 'number' ? args.cell : null;
          await revealCell(notebook, String(args.cellId), line, cell);
        }
      }
    });
    app.commands.addCommand(CommandIDs.showProblems, {
      label: trans.__('Show Problems of the Pipeline'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const { closed } = model.view;
        model.change({ closed: closed.filter(name => name !== 'problems') });
        app.shell.activateById(panel.id);
      }
    });
    restorer?.add(panel, panel.id);
    app.shell.add(panel, 'left', { rank: 450, type: 'Pipeline' });
  }
};
