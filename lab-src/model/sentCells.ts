import type { AnalyseRequest, SentCell } from '../api/messages';

/** The part of an analyse request that says what the notebook holds. */
export type CellDelta = Pick<AnalyseRequest, 'base' | 'order' | 'cells'>;

/** What the server knows of a notebook, and therefore what it need not be sent again. */
export class SentCells {
  /** The request that takes the server from what it knows to these cells. */
  delta(
    order: ReadonlyArray<string>,
    read: (id: string) => SentCell,
    touched: ReadonlySet<string>
  ): CellDelta {
    const cells: Record<string, SentCell> = {};
    for (const id of order) {
      const known = this._base === null ? undefined : this._cells.get(id);
      if (known !== undefined && !touched.has(id)) {
        continue;
      }
      const cell = read(id);
      if (known === undefined || !sameCell(known, cell)) {
        cells[id] = cell;
      }
    }
    const sameOrder = this._base !== null && sameStrings(order, this._order);
    return { base: this._base, order: sameOrder ? null : [...order], cells };
  }

  /** Whether the server would learn nothing from the delta. */
  static isEmpty(delta: CellDelta): boolean {
    return (
      delta.base !== null &&
      delta.order === null &&
      Object.keys(delta.cells).length === 0
    );
  }

  /** The server has answered: it knows what the delta told it. */
  answered(revision: number, delta: CellDelta): void {
    if (delta.base === null) {
      this._cells.clear();
    }
    this._base = revision;
    this._order = delta.order ?? this._order;
    for (const [id, cell] of Object.entries(delta.cells)) {
      this._cells.set(id, cell);
    }
    if (delta.order !== null) {
      const there = new Set(delta.order);
      for (const id of this._cells.keys()) {
        if (!there.has(id)) {
          this._cells.delete(id);
        }
      }
    }
  }

  /** The server knows nothing (any more). */
  forget(): void {
    this._base = null;
    this._cells.clear();
    this._order = [];
  }

  private _base: number | null = null;
  private _order: ReadonlyArray<string> = [];
  private readonly _cells = new Map<string, SentCell>();
}

function sameCell(left: SentCell, right: SentCell): boolean {
  return (
    left.source === right.source &&
    left.type === right.type &&
    sameStrings(left.tags, right.tags)
  );
}

function sameStrings(
  left: ReadonlyArray<string>,
  right: ReadonlyArray<string>
): boolean {
  return (
    left.length === right.length &&
    left.every((value, index) => value === right[index])
  );
}
