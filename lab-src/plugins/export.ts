import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ExportReply, StartRequest } from '../api/messages';
import { CommandIDs } from '../commandIds';
import { exportIcon } from '../icons';
import { ExportChoices } from '../model/exportChoices';
import { UnderWay } from '../model/underWay';
import {
  IPipelineClient,
  IPipelineModel,
  IPipelineSettings,
  IRunsModel
} from '../tokens';
import type { Exporter, IExporterOptions } from '../widgets/exporter';
import { openPath } from './openPath';

/** Exports the notebook in front, and runs what was exported. */
export const exportPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlcode:export',
  description: 'Exports the notebook in front to a pipeline and runs it.',
  autoStart: true,
  requires: [
    INotebookTracker,
    IPipelineClient,
    IPipelineModel,
    IRunsModel,
    IPipelineSettings
  ],
  optional: [ITranslator, ICommandPalette, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    client: IPipelineClient,
    pipeline: IPipelineModel,
    runs: IRunsModel,
    settings: IPipelineSettings,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    state: IStateDB | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlcode');
    const choices = new ExportChoices(state, path => ({
      folder:
        settings.outputFolder === ''
          ? null
          : PathExt.join(PathExt.dirname(path), settings.outputFolder),
      targets: settings.targets
    }));
    runs.folderOf = async path => (
      await choices.ready,
      choices.of(path).folder
    );
    const { contents } = app.serviceManager;
    const pathOf = (panel: NotebookPanel): string =>
      contents.localPath(panel.context.path);
    const exporter = lazily({
      client,
      trans,
      pathOf,
      choiceOf: path => choices.of(path),
      keepChoice: (path, choice) => choices.keep(path, choice),
      open: path => void openPath(app, path),
      onRefused: reply => showFirstError(app, pipeline, reply)
    });
    const underWay = new UnderWay();
    const isEnabled = (): boolean => {
      const panel = tracker.currentWidget;
      return panel !== null && !underWay.has(panel);
    };
    underWay.changed.connect(() => {
      app.commands.notifyCommandChanged(CommandIDs.exportPipeline);
      app.commands.notifyCommandChanged(CommandIDs.run);
    });
    app.commands.addCommand(CommandIDs.exportPipeline, {
      label: trans.__('Export to Pipeline'),
      caption: trans.__('Export the notebook to a pipeline'),
      icon: exportIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled,
      execute: async () => {
        const panel = tracker.currentWidget;
        await (panel &&
          underWay.once(panel, async () => (await exporter()).export(panel)));
      }
    });
    app.commands.addCommand(CommandIDs.run, {
      label: trans.__('Run Pipeline'),
      describedBy: { args: RUN_ARGS },
      isEnabled,
      execute: async args => {
        const panel = tracker.currentWidget;
        const run = async (panel: NotebookPanel): Promise<void> => {
          if (
            (await mayRun(panel, trans)) &&
            (await (await exporter()).ensure(panel))
          ) {
            const path = pathOf(panel);
            const { folder } = choices.of(path);
            await runs.start({ ...startRequest(args), path, folder });
          }
        };
        await (panel && underWay.once(panel, () => run(panel)));
      }
    });
    const category = trans.__('Pipeline');
    palette?.addItem({ command: CommandIDs.exportPipeline, category });
    palette?.addItem({ command: CommandIDs.run, category });
  }
};

/** The exporter, loaded when it is used for the first time. */
function lazily(options: IExporterOptions): () => Promise<Exporter> {
  return async () => {
    const { Exporter } = await import('../widgets/exporter');
    return new Exporter(options);
  };
}

const RUN_ARGS = {
  type: 'object',
  properties: {
    kind: { enum: ['run', 'verify'] },
    parameters: { type: 'object' },
    stage: { type: ['string', 'null'] },
    from_stage: { type: ['string', 'null'] },
    tolerance: { type: ['number', 'null'] },
    anew: { type: 'boolean' }
  }
} as const;

function startRequest(
  args: Readonly<Record<string, unknown>>
): Omit<StartRequest, 'path' | 'folder'> {
  const { parameters, stage, from_stage: from, tolerance } = args;
  return {
    kind: args.kind === 'verify' ? 'verify' : 'run',
    parameters:
      typeof parameters === 'object' && parameters !== null
        ? { ...parameters }
        : {},
    stage: typeof stage === 'string' ? stage : null,
    from_stage: typeof from === 'string' ? from : null,
    tolerance: typeof tolerance === 'number' ? tolerance : null,
    anew: args.anew === true
  };
}

const confirmed = new WeakSet<NotebookPanel>();

/** A notebook from elsewhere is run only when somebody says so. */
async function mayRun(
  panel: NotebookPanel,
  trans: TranslationBundle
): Promise<boolean> {
  const cells = Array.from(panel.content.model?.cells ?? []);
  const trusted = cells.every(cell => cell.type !== 'code' || cell.trusted);
  if (trusted || confirmed.has(panel)) {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Run a notebook that is not trusted?'),
    body: trans.__(
      'A run executes all of its code on the server, with your rights. Run it only when you know where it comes from.'
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Run') })
    ]
  });
  if (button.accept) {
    confirmed.add(panel);
  }
  return button.accept;
}

/** The problems of a notebook that was refused: in the panel, and at the first error. */
function showFirstError(
  app: JupyterFrontEnd,
  pipeline: IPipelineModel,
  reply: ExportReply
): void {
  const problem = reply.problems.find(found => found.severity === 'error');
  void app.commands.execute(CommandIDs.showProblems);
  void pipeline.refresh();
  if (problem && problem.cell_id !== null) {
    void app.commands.execute(CommandIDs.revealCell, {
      cellId: problem.cell_id,
      line: problem.line
    });
  }
}
