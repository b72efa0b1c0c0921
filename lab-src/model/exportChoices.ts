import type { IStateDB } from '@jupyterlab/statedb';

import type { IExportChoice } from '../export/choice';

const KEY = 'jupyter-mlcode:exports';
const DEFAULT: IExportChoice = { folder: null, targets: [] };

/** Where somebody exported each notebook to, so that the next export goes there too. */
export class ExportChoices {
  constructor(
    private readonly _state: IStateDB | null,
    private readonly _default: (path: string) => IExportChoice = () => DEFAULT
  ) {
    this.ready = this._load();
  }

  /** What was kept before is there. */
  readonly ready: Promise<void>;

  of(path: string): IExportChoice {
    return this._choices.get(path) ?? this._default(path);
  }

  keep(path: string, choice: IExportChoice): void {
    this._choices.set(path, choice);
    void this._state?.save(KEY, Object.fromEntries(this._choices) as never);
  }

  private async _load(): Promise<void> {
    const kept = await this._state?.fetch(KEY).catch(() => undefined);
    for (const [path, value] of Object.entries(kept ?? {})) {
      const { folder, targets } = (value ?? {}) as unknown as IExportChoice;
      if (Array.isArray(targets) && !this._choices.has(path)) {
        this._choices.set(path, {
          folder: typeof folder === 'string' ? folder : null,
          targets: targets.map(String)
        });
      }
    }
  }

  private readonly _choices = new Map<string, IExportChoice>();
}
