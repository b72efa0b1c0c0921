import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { listStages } from '../stages/stageList';
import type { IStage } from '../stages/stageList';
import { LiveAnalysis } from './liveAnalysis';
import type { ILiveAnalysisOptions } from './liveAnalysis';
import type { ICellChange, ICellSource, INotebookSource } from './sources';

/** What is kept of one open notebook: its stages by tags, its analysis, what is selected. */
export class NotebookSession {
  constructor(
    readonly notebook: INotebookSource,
    options: Omit<ILiveAnalysisOptions, 'onResult'>
  ) {
    this.live = new LiveAnalysis(notebook, {
      ...options,
      onResult: () => this._changed.emit()
    });
    this._stages = this._readStages();
    notebook.cells.changed.connect(this._onCells, this);
    notebook.metadataChanged.connect(this._onMetadata, this);
    this._follow(notebook.cells);
  }

  readonly live: LiveAnalysis;

  selectedStage: string | null = null;

  get stages(): ReadonlyArray<IStage> {
    return this._stages;
  }

  /** The stages by tags or the analysis changed; once for each analysis. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The analysis began to lag behind the notebook. */
  get lagged(): ISignal<this, void> {
    return this._lagged;
  }

  dispose(): void {
    this.live.dispose();
    Signal.disconnectReceiver(this);
    Signal.clearData(this);
  }

  private _follow(cells: Iterable<ICellSource>): void {
    for (const cell of cells) {
      if (!this._ids.has(cell.sharedModel)) {
        this._ids.set(cell.sharedModel, cell.id);
        cell.sharedModel.changed.connect(this._onCell, this);
      }
    }
  }

  private _onCells(
    _sender: unknown,
    change: { readonly newValues: ReadonlyArray<ICellSource> }
  ): void {
    this._follow(change.newValues);
    change.newValues.forEach(cell => this._touch(cell.id));
    this._touch(null);
    this._readLater();
  }

  private _onCell(sender: unknown, change: ICellChange): void {
    const tagged = change.metadataChange !== undefined;
    if (!tagged && change.sourceChange === undefined) {
      return;
    }
    this._touch(this._ids.get(sender as object) ?? null);
    if (tagged) {
      this._readLater();
    }
  }

  private _onMetadata(): void {
    this._readLater();
    this._touch(null);
  }

  private _touch(id: string | null): void {
    const lagged = !this.live.stale;
    if (id === null) {
      this.live.schedule();
    } else {
      this.live.touch(id);
    }
    if (lagged) {
      this._lagged.emit();
    }
  }

  /** Many cells are tagged in one go: the stages are read once, after it. */
  private _readLater(): void {
    if (!this._reading) {
      this._reading = true;
      queueMicrotask(() => {
        this._reading = false;
        this._stages = this._readStages();
        this._changed.emit();
      });
    }
  }

  private _readStages(): IStage[] {
    const cells = Array.from(this.notebook.cells, cell => ({
      id: cell.id,
      type: cell.type,
      tags: cell.getMetadata('tags')
    }));
    return listStages(cells);
  }

  private readonly _ids = new WeakMap<object, string>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _lagged = new Signal<this, void>(this);
  private _reading = false;
  private _stages: ReadonlyArray<IStage>;
}
