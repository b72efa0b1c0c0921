import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

interface IWatchedCell {
  readonly metadataChanged: ISignal<unknown, { readonly key: string }>;
  readonly sharedModel: {
    readonly changed: ISignal<unknown, { readonly sourceChange?: unknown }>;
  };
}

/** A notebook model, as far as it is watched: `INotebookModel` is one. */
export interface IWatchedNotebook {
  readonly cells: Iterable<IWatchedCell> & {
    readonly changed: ISignal<unknown, unknown>;
  };
  readonly metadataChanged: ISignal<unknown, { readonly key: string }>;
}

/** Tells apart what happens in a notebook; outputs are of no interest. */
export class CellWatcher implements IDisposable {
  constructor(private readonly _notebook: IWatchedNotebook) {
    _notebook.cells.changed.connect(this._onList, this);
    _notebook.metadataChanged.connect(this._onMetadata, this);
    this._connect();
  }

  /** Tags, the notebook's `mlcode` or the list of cells changed. */
  get tagsChanged(): ISignal<this, void> {
    return this._tagsChanged;
  }

  /** The text of a cell or the list of cells changed. */
  get textChanged(): ISignal<this, void> {
    return this._textChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  // The list's signal does not say which cells are gone; those take their signals along.
  private _connect(): void {
    for (const cell of this._notebook.cells) {
      if (!this._seen.has(cell)) {
        this._seen.add(cell);
        cell.metadataChanged.connect(this._onMetadata, this);
        cell.sharedModel.changed.connect(this._onCell, this);
      }
    }
  }

  private _onList(): void {
    this._connect();
    this._tagsChanged.emit();
    this._textChanged.emit();
  }

  private _onMetadata(_: unknown, change: { readonly key: string }): void {
    if (change.key === 'tags' || change.key === 'mlcode') {
      this._tagsChanged.emit();
    }
  }

  private _onCell(
    _: unknown,
    change: { readonly sourceChange?: unknown }
  ): void {
    if (change.sourceChange !== undefined) {
      this._textChanged.emit();
    }
  }

  private readonly _seen = new WeakSet<IWatchedCell>();
  private readonly _tagsChanged = new Signal<this, void>(this);
  private readonly _textChanged = new Signal<this, void>(this);
  private _isDisposed = false;
}
