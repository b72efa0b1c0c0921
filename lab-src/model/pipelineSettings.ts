import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IPipelineSettings } from '../tokens';

/** The user's settings; the defaults of schema/plugin.json while there are none. */
export class PipelineSettings implements IPipelineSettings {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get outputFolder(): string {
    return this._text('outputFolder', '');
  }

  get targets(): ReadonlyArray<string> {
    const targets = this._read('targets');
    return Array.isArray(targets)
      ? targets.filter((target): target is string => typeof target === 'string')
      : [];
  }

  get analysisDelay(): number {
    const delay = this._read('analysisDelay');
    return typeof delay === 'number' ? delay : 500;
  }

  get badges(): boolean {
    return this._read('badges') !== false;
  }

  get untagged(): 'explain' | 'hide' {
    return this._text('untagged', 'explain') === 'hide' ? 'hide' : 'explain';
  }

  /** Follow these settings from now on. */
  follow(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    settings.changed.connect(() => this._changed.emit());
    this._changed.emit();
  }

  private _text(key: string, otherwise: string): string {
    const value = this._read(key);
    return typeof value === 'string' ? value : otherwise;
  }

  private _read(key: string): unknown {
    return this._settings?.composite[key];
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: ISettingRegistry.ISettings | null = null;
}
