import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Problem } from '../api/messages';

/** A problem on a line of a cell. */
export interface ILineProblem {
  readonly line: number;
  readonly column: number | null;
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** The problems of each cell that is open in an editor, by the cell's model. */
export class ProblemIndex {
  /** Emitted with the models whose problems changed. */
  get changed(): ISignal<this, ReadonlySet<object>> {
    return this._changed;
  }

  of(cell: object): ReadonlyArray<ILineProblem> {
    return this._byCell.get(cell) ?? NONE;
  }

  /** These are the problems of these cells now; notes stay in the panel. */
  update(
    cells: Iterable<{ readonly id: string }>,
    problems: ReadonlyArray<Problem>
  ): void {
    const byId = groupByCell(problems);
    const touched = new Set<object>();
    for (const cell of cells) {
      const found = byId.get(cell.id) ?? NONE;
      if (JSON.stringify(found) !== JSON.stringify(this.of(cell))) {
        touched.add(cell);
      }
      // Set also when nothing differs: what an edit removed from the editor comes back.
      this._byCell.set(cell, found);
      if (found.length > 0) {
        touched.add(cell);
      }
    }
    this._changed.emit(touched);
  }

  private readonly _changed = new Signal<this, ReadonlySet<object>>(this);
  private readonly _byCell = new WeakMap<object, ReadonlyArray<ILineProblem>>();
}

const NONE: ReadonlyArray<ILineProblem> = [];

function groupByCell(
  problems: ReadonlyArray<Problem>
): Map<string, ILineProblem[]> {
  const byId = new Map<string, ILineProblem[]>();
  for (const { cell_id: id, line, column, severity, ...rest } of problems) {
    if (id !== null && line !== null && severity !== 'note') {
      const text = [`${rest.code} ${rest.message}`, rest.hint]
        .filter(part => part !== '')
        .join('\n');
      const found = byId.get(id) ?? [];
      found.push({ line, column, severity, text });
      byId.set(id, found);
    }
  }
  return byId;
}
