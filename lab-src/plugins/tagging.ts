import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { TagCommands } from '../commands';
// Whether a command is enabled is asked at once; what commands show is loaded when it is needed.
/* eslint-disable jupyter/prefer-lazy-imports -- commands and shortcuts are there from the start */
import { NotebookTagsRegistry } from '../model/notebookTags';
import { INotebookTags, IPipelineModel } from '../tokens';
import { FrontTags } from '../widgets/frontTags';
import { CellCommands } from './cellCommands';
import { StageCommands } from './stageCommands';
/* eslint-enable jupyter/prefer-lazy-imports */

const IN_PALETTE = [
  TagCommands.setStage,
  TagCommands.nextStage,
  TagCommands.previousStage,
  TagCommands.markParameters,
  TagCommands.markSetup,
  TagCommands.markSkip,
  TagCommands.clear,
  TagCommands.undo,
  TagCommands.redo
];

/** Adds the commands that tag cells. Menus, toolbars and shortcuts are in schema/plugin.json. */
export const taggingPlugin: JupyterFrontEndPlugin<INotebookTags> = {
  id: 'jupyter-mlcode:tagging',
  description: 'Tags the cells of the notebook in front.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineModel],
  optional: [ITranslator, ICommandPalette],
  provides: INotebookTags,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    model: IPipelineModel,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    const registry = new NotebookTagsRegistry();
    const front = new FrontTags({
      tracker,
      registry,
      trans,
      edges: notebook => model.analysisOf(notebook)?.edges ?? []
    });
    const clicked = (): HTMLElement | undefined =>
      app.contextMenuHitTest(node => node.classList.contains('jp-Cell'));
    new CellCommands(app.commands, front, trans, clicked).add();
    new StageCommands(app.commands, front, trans).add();
    const category = trans.__('Pipeline');
    IN_PALETTE.forEach(command => palette?.addItem({ command, category }));
    return registry;
  }
};
