import type { JupyterFrontEnd } from '@jupyterlab/application';

import type { IPanelActions } from '../components/actions';
import { CommandIDs } from '../commandIds';
import { TagCommands } from '../commands';
import type { PanelModel } from '../model/panelModel';
import { openPath } from './openPath';

/** What the panel's buttons do: they call commands, which others may call too. */
export function panelActions(
  app: JupyterFrontEnd,
  model: PanelModel
): IPanelActions {
  const call = (id: string, args: Record<string, unknown> = {}): void => {
    if (app.commands.hasCommand(id)) {
      void app.commands.execute(id, args as never);
    }
  };
  return {
    reveal: (cellId, line = null, cell) =>
      call(CommandIDs.revealCell, {
        cellId,
        line,
        ...(cell === undefined ? {} : { cell })
      }),
    rename: (stage, name) => {
      call(TagCommands.renameStage, { stage, name });
      model.pipeline.selectedStage = name;
    },
    recolor: (stage, color) => call(TagCommands.recolorStage, { stage, color }),
    merge: (stage, into) => {
      call(TagCommands.mergeStages, { stages: [stage], into });
      model.pipeline.selectedStage = into;
    },
    clear: stage => call(TagCommands.clearStage, { stage }),
    suggest: () => call(TagCommands.suggest),
    fix: fix =>
      call(TagCommands.applyFix, { cellId: fix.cell_id, tag: fix.tag }),
    retry: () => void model.pipeline.refresh(),
    exportPipeline: () => call(CommandIDs.exportPipeline),
    // The command is not to be had a second time while it is at work.
    isExporting: () =>
      app.commands.hasCommand(CommandIDs.exportPipeline) &&
      model.pipeline.hasNotebook &&
      !app.commands.isEnabled(CommandIDs.exportPipeline),
    start: request => call(CommandIDs.run, { ...request }),
    cancel: id => void model.runs.cancel(id),
    open: path => void openPath(app, path)
  };
}
