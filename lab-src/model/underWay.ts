import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** What is being done for each of several owners: nothing is begun twice. */
export class UnderWay {
  /** Something began or ended. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  has(owner: object): boolean {
    return this._owners.has(owner);
  }

  /** Does it, unless something is being done for the owner. */
  async once(owner: object, act: () => Promise<void>): Promise<void> {
    if (this._owners.has(owner)) {
      return;
    }
    this._owners.add(owner);
    this._changed.emit();
    try {
      await act();
    } finally {
      this._owners.delete(owner);
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _owners = new WeakSet<object>();
}
