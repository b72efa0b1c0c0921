import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import {
  assignColors,
  colorsToKeep,
  readColors,
  writeColors
} from '../stages/stageColors';
import { listStages } from '../stages/stageList';
import type { ITaggedCell } from '../stages/stageList';
import { moveTags, same } from '../stages/tagEdits';
import type { ITagChange, MetadataValue } from '../stages/tagEdits';
import { TagHistory } from '../stages/tagHistory';
import type { ITagEdit } from '../stages/tagHistory';

interface IMetadataOwner {
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: ReadonlyPartialJSONValue): void;
  deleteMetadata(key: string): void;
}

interface IEditableCell {
  readonly id: string;
  readonly type: string;
  getMetadata(key: string): unknown;
  readonly sharedModel: IMetadataOwner & {
    transact(change: () => void, undoable?: boolean): void;
  };
}

/** A notebook model, as far as tags are edited: `INotebookModel` is one. */
export interface IEditableNotebook extends IMetadataOwner {
  readonly cells: Iterable<IEditableCell>;
}

/** Edits the tags of one notebook, many cells in one step that can be undone. */
export class TagEditor {
  constructor(private readonly _notebook: IEditableNotebook) {}

  /** Emitted after each edit, undo and redo, and when something else was edited. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The edits that were made and undone. */
  get history(): TagHistory {
    return this._history;
  }

  /** What Ctrl+Z should take back: the edit or undoing that is the last thing that happened. */
  get latest(): 'edit' | 'undo' | null {
    return this._latest;
  }

  /** The cells as their tags are now. */
  get cells(): ITaggedCell[] {
    return Array.from(this._notebook.cells, ({ id, type, sharedModel }) => ({
      id,
      type,
      tags: sharedModel.getMetadata('tags')
    }));
  }

  /** The names of the stages in notebook order. */
  get stages(): string[] {
    return listStages(this.cells).map(stage => stage.name);
  }

  /** The colors that the notebook keeps. */
  get keptColors(): Map<string, number> {
    return readColors(this._notebook.getMetadata('mlcode'));
  }

  /** Make the changes in one step; `renamed` leads from new names of stages to old ones. */
  apply(
    label: string,
    cells: ReadonlyArray<ITagChange>,
    renamed?: ReadonlyMap<string, string>
  ): ITagEdit | null {
    if (cells.length === 0) {
      return null;
    }
    const before = this.stages;
    const kept = this.keptColors;
    cells.forEach(change => this._writeTags(change.cellId, change.after, true));
    const colors = colorsToKeep(before, this.stages, kept, renamed);
    return this._push({ label, cells, notebook: this._keep(colors) });
  }

  /** Give a stage this color; the others keep theirs. */
  recolor(label: string, stage: string, color: number): ITagEdit | null {
    const colors = assignColors(this.stages, this.keptColors);
    if (!colors.has(stage) || colors.get(stage) === color) {
      return null;
    }
    const notebook = this._keep(colors.set(stage, color));
    return this._push({ label, cells: [], notebook });
  }

  /** Take back the last edit, or this one; null when there is nothing to take back. */
  undo(edit?: ITagEdit): ITagEdit | null {
    return this._replay(() => this._history.undo(edit), 'before', 'undo');
  }

  /** Bring back the edit that was taken back last; null when there is none. */
  redo(): ITagEdit | null {
    return this._replay(() => this._history.redo(), 'after', 'edit');
  }

  /** Note that something else was edited: from now on Ctrl+Z means that. */
  otherEdit(): void {
    if (this._latest !== null) {
      this._latest = null;
      this._changed.emit();
    }
  }

  private _push(edit: ITagEdit): ITagEdit {
    this._history.push(edit);
    this._latest = 'edit';
    this._changed.emit();
    return edit;
  }

  private _replay(
    take: () => ITagEdit | null,
    side: 'before' | 'after',
    latest: 'edit' | 'undo'
  ): ITagEdit | null {
    // An edit that others have overwritten since is passed over.
    for (let edit = take(); edit !== null; edit = take()) {
      if (this._moveTo(edit, side)) {
        this._latest = latest;
        this._changed.emit();
        return edit;
      }
    }
    this._changed.emit();
    return null;
  }

  private _moveTo(edit: ITagEdit, side: 'before' | 'after'): boolean {
    const other = side === 'before' ? 'after' : 'before';
    let moved = false;
    for (const change of edit.cells) {
      const cell = this._find(change.cellId);
      const now = cell?.getMetadata('tags') as MetadataValue;
      const target = cell && moveTags(now, change[other], change[side]);
      if (target) {
        moved = !same(now, target.value) || moved;
        this._writeTags(change.cellId, target.value, false);
      }
    }
    const { notebook } = edit;
    const now = this._notebook.getMetadata('mlcode') as MetadataValue;
    if (notebook !== null && same(now, notebook[other])) {
      moved = true;
      this._write(this._notebook, 'mlcode', notebook[side]);
    }
    return moved;
  }

  private _keep(
    colors: ReadonlyMap<string, number> | null
  ): ITagEdit['notebook'] {
    if (colors === null) {
      return null;
    }
    const before = this._notebook.getMetadata('mlcode') as MetadataValue;
    const after = writeColors(before, colors) as MetadataValue;
    this._write(this._notebook, 'mlcode', after);
    return { before, after };
  }

  private _find(id: string): IEditableCell | undefined {
    return Array.from(this._notebook.cells).find(cell => cell.id === id);
  }

  private _writeTags(id: string, tags: MetadataValue, undoable: boolean): void {
    const shared = this._find(id)?.sharedModel;
    // The cell's own undo takes an edit back too, but never brings back what we took back.
    shared?.transact(() => this._write(shared, 'tags', tags), undoable);
  }

  private _write(
    owner: IMetadataOwner,
    key: string,
    value: MetadataValue
  ): void {
    if (value === undefined) {
      owner.deleteMetadata(key);
    } else {
      owner.setMetadata(key, value);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _history = new TagHistory();
  private _latest: 'edit' | 'undo' | null = null;
}
