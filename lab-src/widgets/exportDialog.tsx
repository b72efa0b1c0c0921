import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';

import { RequestError } from '../api/errors';
import type { ExportReply } from '../api/messages';
import { ExportPreview } from '../components/ExportPreview';
import { hasEdits } from '../export/choice';
import type { IExportChoice } from '../export/choice';

/** What somebody decided about an export. */
export interface IExportDecision {
  readonly choice: IExportChoice;
  readonly overwrite: boolean;
}

interface IExportBodyOptions {
  readonly reply: ExportReply;
  readonly choice: IExportChoice;
  readonly preview: (choice: IExportChoice) => Promise<ExportReply>;
  readonly trans: TranslationBundle;
}

/** Shows what an export would do, and lets it be changed; null when it is not wanted. */
export async function askForExport(
  options: IExportBodyOptions
): Promise<IExportDecision | null> {
  const { trans } = options;
  const dialog = new Dialog({
    title: trans.__('Export to pipeline'),
    body: new ExportBody(options),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Export') })
    ]
  });
  dialog.addClass('jp-mlcode-ExportDialog');
  // JupyterLab names only dialogs whose body is text.
  dialog.node.setAttribute('aria-label', trans.__('Export to pipeline'));
  const result = await dialog.launch();
  return result.button.accept ? result.value : null;
}

class ExportBody
  extends ReactWidget
  implements Dialog.IBodyWidget<IExportDecision>
{
  constructor(private readonly _options: IExportBodyOptions) {
    super();
    this._reply = _options.reply;
    this._choice = _options.choice;
  }

  getValue(): IExportDecision {
    return { choice: this._choice, overwrite: this._overwrite };
  }

  protected render(): React.JSX.Element {
    this._allow();
    return (
      <ExportPreview
        reply={this._reply}
        choice={this._choice}
        overwrite={this._overwrite}
        error={this._error}
        trans={this._options.trans}
        onChoice={choice => {
          this._choice = choice;
          this._waiting = true;
          void this._debouncer.invoke();
          this.update();
        }}
        onOverwrite={overwrite => {
          this._overwrite = overwrite;
          this.update();
        }}
      />
    );
  }

  override dispose(): void {
    this._debouncer.dispose();
    super.dispose();
  }

  /** Nothing can be exported that would be refused, or that nobody has seen. */
  private _allow(): void {
    const accept = this.node
      .closest('.jp-Dialog')
      ?.querySelector<HTMLButtonElement>('.jp-mod-accept');
    if (accept) {
      accept.disabled =
        this._waiting ||
        this._error !== null ||
        this._reply.state === 'refused' ||
        (hasEdits(this._reply) && !this._overwrite);
    }
  }

  protected override onAfterAttach(
    ...args: Parameters<ReactWidget['onAfterAttach']>
  ): void {
    super.onAfterAttach(...args);
    this._allow();
  }

  private async _preview(): Promise<void> {
    const choice = this._choice;
    try {
      const reply = await this._options.preview(choice);
      if (choice === this._choice) {
        this._reply = reply;
        this._error = null;
        this._waiting = false;
      }
    } catch (error) {
      this._error =
        error instanceof RequestError
          ? error
          : new RequestError(String(error), '', 0);
    }
    this.update();
  }

  private readonly _debouncer = new Debouncer(() => this._preview(), 400);
  private _reply: ExportReply;
  private _choice: IExportChoice;
  private _overwrite = false;
  private _waiting = false;
  private _error: RequestError | null = null;
}
