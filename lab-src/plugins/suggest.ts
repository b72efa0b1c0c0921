import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { TagCommands } from '../commands';
import { suggestIcon } from '../icons';
import type { NotebookTags } from '../model/notebookTags';
import { INotebookTags, IPipelineClient, IPipelineModel } from '../tokens';
import type { Suggester } from '../widgets/suggester';

/** Suggests stages for the notebook in front. */
export const suggestPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:suggest',
  description: 'Suggests stages from headings, imports and parameters.',
  autoStart: true,
  requires: [INotebookTracker, INotebookTags, IPipelineModel, IPipelineClient],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    registry: INotebookTags,
    model: IPipelineModel,
    client: IPipelineClient,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    const load = async (): Promise<Suggester> => {
      const module = await import('../widgets/suggester');
      return new module.Suggester(trans, async () => {
        const request = model.wholeRequest();
        return request && client.suggest(request);
      });
    };
    const front = (): [NotebookPanel, NotebookTags] | null => {
      const panel = tracker.currentWidget;
      const notebook = panel?.content.model;
      return panel && notebook ? [panel, registry.of(notebook)] : null;
    };
    const state = (): string => front()?.[1].preview.state.kind ?? 'none';
    const describedBy = { args: { type: 'object', properties: {} } };
    app.commands.addCommand(TagCommands.suggest, {
      label: trans.__('Suggest Stages'),
      caption: trans.__('Suggest stages from headings and code'),
      icon: suggestIcon,
      describedBy,
      isEnabled: () => front() !== null,
      // In the toolbar of a notebook that has stages it would only take space.
      isVisible: args => args.toolbar !== true || model.stages.length === 0,
      execute: async () => {
        const found = front();
        await (found && (await load()).ask(...found));
      }
    });
    model.stateChanged.connect(() =>
      app.commands.notifyCommandChanged(TagCommands.suggest)
    );
    app.commands.addCommand(TagCommands.acceptSuggestion, {
      label: trans.__('Accept Suggested Stages'),
      describedBy,
      isEnabled: () => state() === 'shown',
      execute: async () => {
        const found = front();
        return found && (await load()).accept(...found);
      }
    });
    app.commands.addCommand(TagCommands.discardSuggestion, {
      label: trans.__('Discard Suggested Stages'),
      describedBy,
      isEnabled: () => state() !== 'none',
      execute: async () => {
        const found = front();
        return found && (await load()).discard(...found);
      }
    });
    const category = trans.__('Pipeline');
    for (const command of [
      TagCommands.suggest,
      TagCommands.acceptSuggestion,
      TagCommands.discardSuggestion
    ]) {
      palette?.addItem({ command, category });
    }
  }
};
