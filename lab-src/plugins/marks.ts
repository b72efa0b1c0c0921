import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { TagCommands } from '../commands';
import { INotebookTags, IPipelineModel, IPipelineSettings } from '../tokens';

/** Shows at each cell of every open notebook what it is to the pipeline. */
export const marksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:marks',
  description: 'Shows at each cell which stage it belongs to.',
  autoStart: true,
  requires: [
    INotebookTracker,
    INotebookTags,
    IPipelineModel,
    IPipelineSettings
  ],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    tags: INotebookTags,
    model: IPipelineModel,
    settings: IPipelineSettings,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    const show = async ({
      content: notebook
    }: NotebookPanel): Promise<void> => {
      const { NotebookMarks } = await import('../widgets/notebookMarks');
      if (notebook.isDisposed) {
        return;
      }
      new NotebookMarks({
        notebook,
        tags,
        trans,
        analysedCells: source => model.analysisOf(source)?.cells ?? null,
        isStale: source =>
          model.notebook === source && model.stale && model.analysis !== null,
        lagged: model.lagged,
        policy: () => ({
          badges: settings.badges,
          explain: settings.untagged === 'explain'
        }),
        refreshed: [model.stateChanged, settings.changed],
        onChip: cell => {
          notebook.deselectAll();
          notebook.activeCellIndex = notebook.widgets.indexOf(cell);
          void app.commands.execute(TagCommands.setStage);
        }
      });
    };
    tracker.forEach(panel => void show(panel));
    tracker.widgetAdded.connect((_, panel) => void show(panel));
  }
};
