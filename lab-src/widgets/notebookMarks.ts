import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { NotebookTags, NotebookTagsRegistry } from '../model/notebookTags';
import { markCells } from '../stages/cellMarks';
import type { IAnalysedCell, ICellMark } from '../stages/cellMarks';
import { describeMark, drawMark } from './cellMarkStyle';

export interface INotebookMarksOptions {
  readonly notebook: Notebook;
  readonly tags: NotebookTagsRegistry;
  readonly trans: TranslationBundle;
  /** What the analysis says about the cells of a notebook, by its model. */
  readonly analysedCells: (
    notebook: object
  ) => Readonly<Record<string, IAnalysedCell>> | null;
  /** Whether marks are shown, and untagged cells explained. */
  readonly policy: () => {
    readonly badges: boolean;
    readonly explain: boolean;
  };
  /** Whether a notebook has changed since what the analysis says about it. */
  readonly isStale: (notebook: object) => boolean;
  /** Emitted when the analysis of a notebook begins to lag behind. */
  readonly lagged: ISignal<unknown, unknown>;
  /** Emitted when the analysis or the policy changes. */
  readonly refreshed: ReadonlyArray<ISignal<unknown, unknown>>;
  /** Called when somebody clicks a chip. */
  readonly onChip: (cell: Cell) => void;
}

/** Draws the marks of one notebook's cells and keeps them true. */
export class NotebookMarks {
  constructor(private readonly _options: INotebookMarksOptions) {
    const { notebook, lagged, refreshed } = _options;
    notebook.modelChanged.connect(this._bind, this);
    notebook.disposed.connect(this._dispose, this);
    notebook.cellInViewportChanged.connect(this._drawCell, this);
    lagged.connect(this._showStale, this);
    refreshed.forEach(signal => signal.connect(this._schedule, this));
    notebook.node.addEventListener('click', this._onClick);
    notebook.node.addEventListener('mouseover', this._onHover);
    this._bind();
  }

  private _bind(): void {
    this._release();
    const model = this._options.notebook.model;
    this._tags = model && this._options.tags.of(model);
    this._tags?.watcher.tagsChanged.connect(this._schedule, this);
    this._tags?.preview.changed.connect(this._schedule, this);
    this._tags?.editor.changed.connect(this._showUndo, this);
    this._draw();
  }

  private _release(): void {
    this._tags?.watcher.tagsChanged.disconnect(this._schedule, this);
    this._tags?.preview.changed.disconnect(this._schedule, this);
    this._tags?.editor.changed.disconnect(this._showUndo, this);
  }

  private _dispose(): void {
    this._release();
    this._tags = null;
    Signal.clearData(this);
  }

  // Many cells may change in one go: draw once.
  private _schedule(): void {
    if (!this._scheduled) {
      this._scheduled = true;
      requestAnimationFrame(() => {
        this._scheduled = false;
        this._draw();
      });
    }
  }

  private _draw(): void {
    const { notebook, trans } = this._options;
    if (notebook.isDisposed || this._tags === null) {
      return;
    }
    this._showStale();
    this._marks = this._read(this._tags);
    for (const cell of notebook.widgets) {
      drawMark(cell.node, this._marks.get(cell.model.id) ?? null, trans);
    }
  }

  /** By a class of the notebook: somebody is typing, and drawing all marks takes too long. */
  private _showStale(): void {
    const { notebook, isStale } = this._options;
    const stale = notebook.model !== null && isStale(notebook.model);
    notebook.node.classList.toggle('jp-mlcode-mod-stale', stale);
  }

  // With deferred rendering a cell may be attached long after it was marked.
  private _drawCell(_: unknown, cell: Cell): void {
    const mark = this._marks.get(cell.model.id) ?? null;
    drawMark(cell.node, mark, this._options.trans);
  }

  private _read({ editor, preview }: NotebookTags): Map<string, ICellMark> {
    const { notebook, analysedCells, policy } = this._options;
    const { badges, explain } = policy();
    if (!badges && preview.suggestions === null) {
      return new Map();
    }
    return markCells({
      cells: editor.cells,
      keptColors: editor.keptColors,
      analysed: notebook.model && analysedCells(notebook.model),
      suggested: preview.suggestions,
      explain
    });
  }

  // The keyboard shortcuts for undo look at this: a command cannot decline a key.
  private _showUndo(): void {
    const node = this._options.notebook.node;
    const latest = this._tags?.editor.latest ?? null;
    const redoable = (this._tags?.editor.history.redoable ?? null) !== null;
    const undoable = (this._tags?.editor.history.undoable ?? null) !== null;
    node.toggleAttribute('data-mlcode-undo', latest !== null && undoable);
    node.toggleAttribute('data-mlcode-redo', latest !== null && redoable);
  }

  private _cellOf(event: Event): Cell | null {
    const header = event.target;
    if (
      !(header instanceof HTMLElement) ||
      !header.classList.contains('jp-CellHeader')
    ) {
      return null;
    }
    const { notebook } = this._options;
    return notebook.widgets.find(cell => cell.node.contains(header)) ?? null;
  }

  private readonly _onClick = (event: MouseEvent): void => {
    const cell = this._cellOf(event);
    if (cell !== null) {
      this._options.onChip(cell);
    }
  };

  private readonly _onHover = (event: MouseEvent): void => {
    const mark = this._marks.get(this._cellOf(event)?.model.id ?? '');
    if (mark !== undefined && event.target instanceof HTMLElement) {
      event.target.title = describeMark(mark, this._options.trans);
    }
  };

  private _tags: NotebookTags | null = null;
  private _marks = new Map<string, ICellMark>();
  private _scheduled = false;
}
