import type { ITagChange, MetadataValue } from './tagEdits';

/** One step of the user: changes of any number of cells, and of the notebook's `mlcode`. */
export interface ITagEdit {
  /** What was done, for the user. */
  readonly label: string;
  readonly cells: ReadonlyArray<ITagChange>;
  readonly notebook: {
    readonly before: MetadataValue;
    readonly after: MetadataValue;
  } | null;
}

const LIMIT = 200;

/** The tag edits of one notebook that can be undone and redone. */
export class TagHistory {
  /** The edit that `undo` would take back; null when there is none. */
  get undoable(): ITagEdit | null {
    return this._done.at(-1) ?? null;
  }

  /** The edit that `redo` would bring back; null when there is none. */
  get redoable(): ITagEdit | null {
    return this._undone.at(-1) ?? null;
  }

  /** Remember an edit that was made; what was undone before it is forgotten. */
  push(edit: ITagEdit): void {
    this._done.push(edit);
    this._done.splice(0, this._done.length - LIMIT);
    this._undone.length = 0;
  }

  /** Take the last edit, or this one, from the edits that were made. */
  undo(edit: ITagEdit | null = this.undoable): ITagEdit | null {
    return move(edit, this._done, this._undone);
  }

  /** Take the edit that was undone last. */
  redo(): ITagEdit | null {
    return move(this.redoable, this._undone, this._done);
  }

  private readonly _done: ITagEdit[] = [];
  private readonly _undone: ITagEdit[] = [];
}

function move(
  edit: ITagEdit | null,
  from: ITagEdit[],
  to: ITagEdit[]
): ITagEdit | null {
  const index = edit === null ? -1 : from.lastIndexOf(edit);
  if (edit === null || index < 0) {
    return null;
  }
  from.splice(index, 1);
  to.push(edit);
  return edit;
}
