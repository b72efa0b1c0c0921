import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';

import { ProblemIndex } from '../editor/problemIndex';
import { problemMarks } from '../editor/problemMarks';
import { IPipelineModel } from '../tokens';

/** Marks problems where they are, in the cells' editors. */
export const problemsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:problems',
  description: 'Marks the problems of a pipeline in the editors of its cells.',
  autoStart: true,
  requires: [INotebookTracker, IPipelineModel, IEditorExtensionRegistry],
  activate: (
    _app: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipeline: IPipelineModel,
    registry: IEditorExtensionRegistry
  ) => {
    const index = new ProblemIndex();
    registry.addExtension({
      name: 'jupyter-mlcode:problems',
      factory: ({ model }) =>
        'type' in model && model.type === 'code'
          ? EditorExtensionRegistry.createImmutableExtension(
              problemMarks(index, model)
            )
          : null
    });
    let shown: unknown = null;
    pipeline.stateChanged.connect(() => {
      const problems = pipeline.analysis?.problems ?? [];
      const cells = tracker.currentWidget?.content.model?.cells;
      if (problems !== shown && cells !== undefined && !pipeline.stale) {
        shown = problems;
        index.update(cells, problems);
      }
    });
  }
};
