import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { RequestError } from '../api/errors';
import type { ExportReply } from '../api/messages';
import { exportRequest, hasEdits, needsConsent } from '../export/choice';
import type { IExportChoice } from '../export/choice';
import type { IPipelineClient } from '../tokens';
import { askForExport } from './exportDialog';

export interface IExporterOptions {
  readonly client: IPipelineClient;
  readonly trans: TranslationBundle;
  /** The path of a notebook as the server knows it. */
  readonly pathOf: (panel: NotebookPanel) => string;
  readonly choiceOf: (path: string) => IExportChoice;
  readonly keepChoice: (path: string, choice: IExportChoice) => void;
  /** Open a file, or show a folder. */
  readonly open: (path: string) => void;
  /** Show the problems and go to the first error. */
  readonly onRefused: (reply: ExportReply) => void;
}

/** Exports notebooks, and asks before anything is lost. */
export class Exporter {
  constructor(private readonly _options: IExporterOptions) {}

  /** Export and say what came of it. */
  async export(panel: NotebookPanel): Promise<void> {
    await this._say(async () => {
      const reply = await this._export(panel, needsConsent);
      if (reply?.state === 'written') {
        this._tell(
          reply,
          this._options.trans.__('Exported to %1', reply.folder)
        );
      } else if (reply?.state === 'up_to_date') {
        const { trans } = this._options;
        this._tell(
          reply,
          trans.__('Nothing to export: %1 is up to date', reply.folder)
        );
      }
    });
  }

  /** See to it that what is exported is the notebook as it is; false when it is not. */
  async ensure(panel: NotebookPanel): Promise<boolean> {
    // What we generated is ours to generate again before a run.
    const asks = (reply: ExportReply): boolean =>
      reply.first || hasEdits(reply);
    return this._say(async () => {
      const reply = await this._export(panel, asks);
      return reply?.state === 'written' || reply?.state === 'up_to_date';
    });
  }

  private async _export(
    panel: NotebookPanel,
    asks: (reply: ExportReply) => boolean
  ): Promise<ExportReply | null> {
    const { client, trans } = this._options;
    if (panel.context.model.dirty) {
      await panel.context.save();
    }
    const path = this._options.pathOf(panel);
    const choice = this._options.choiceOf(path);
    const preview = (choice: IExportChoice): Promise<ExportReply> =>
      client.export(exportRequest(path, choice, 'diff'));
    const reply = await preview(choice);
    if (reply.state === 'refused') {
      this._options.onRefused(reply);
      return reply;
    }
    if (reply.state === 'up_to_date') {
      return reply;
    }
    const decision = asks(reply)
      ? await askForExport({ reply, choice, preview, trans })
      : { choice, overwrite: false };
    if (decision === null) {
      return null;
    }
    return this._write(path, decision.choice, decision.overwrite);
  }

  private async _write(
    path: string,
    choice: IExportChoice,
    overwrite: boolean
  ): Promise<ExportReply> {
    const { client, trans } = this._options;
    const reply = await client.export(
      exportRequest(path, choice, 'write', overwrite)
    );
    if (reply.state === 'refused') {
      this._options.onRefused(reply);
    } else if (reply.state === 'blocked') {
      throw new RequestError(
        trans.__('Files edited by hand are in the way'),
        trans.__('Nothing was written.'),
        0
      );
    } else {
      this._options.keepChoice(path, choice);
    }
    return reply;
  }

  private async _say<T>(act: () => Promise<T>): Promise<T | false> {
    try {
      return await act();
    } catch (error) {
      const { message, hint } =
        error instanceof RequestError
          ? error
          : { message: String(error), hint: '' };
      Notification.error(
        [this._options.trans.__('Not exported: %1', message), hint]
          .filter(part => part !== '')
          .join('. '),
        { autoClose: false }
      );
      return false;
    }
  }

  private _tell(reply: ExportReply, text: string): void {
    const { trans, open } = this._options;
    const script = reply.scripts.find(path => /stage_[^/]*$/.test(path));
    Notification.success(text, {
      autoClose: 20000,
      actions: [
        { label: trans.__('Open folder'), callback: () => open(reply.folder) },
        ...(script === undefined
          ? []
          : [{ label: trans.__('Open script'), callback: () => open(script) }]),
        {
          label: trans.__('Copy CI command'),
          callback: () => Clipboard.copyToSystem(reply.command)
        }
      ]
    });
  }
}
