import { BOX_HEIGHT, LABEL_HEIGHT, MARGIN } from './geometry';
import type { IBox, IBoxSize, ILayout, ILine, ILineSize } from './geometry';

/**
 * A layout for pipelines that are too large for dagre.
 *
 * Boxes stand in rows. A line to the next row goes there; a longer one goes through a lane
 * beside all boxes, so that none is in its way. The work grows with the lines, not with
 * the rows that they pass.
 */
export function layoutLanes(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): ILayout {
  const rows = rowsOf(boxes, lines);
  const gap = LABEL_HEIGHT + 40;
  const placed = placeRows(rows, gap);
  const rowOf = new Map(
    rows.flatMap((row, index) => row.map(box => [box.id, index] as const))
  );
  const right = Math.max(
    0,
    ...[...placed.values()].map(b => b.x + b.width / 2)
  );
  const lanes = new Lanes(right + 32);
  const sorted = [...lines].sort(
    (a, b) => (rowOf.get(a.source) ?? 0) - (rowOf.get(b.source) ?? 0)
  );
  const drawn = sorted.flatMap(line => {
    const source = placed.get(line.source);
    const target = placed.get(line.target);
    const span = (rowOf.get(line.target) ?? 0) - (rowOf.get(line.source) ?? 0);
    return source && target
      ? [
          span === 1
            ? direct(line, source, target)
            : lanes.lead(line, source, target, gap)
        ]
      : [];
  });
  return {
    width: lanes.right + MARGIN,
    height: rows.length * (BOX_HEIGHT + gap) - gap + 2 * MARGIN,
    boxes: placed,
    lines: drawn
  };
}

/** How many lines lead to a box at least, one after the other; lines back do not count. */
export function rankBoxes(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): Map<string, number> {
  const order = new Map(boxes.map((box, index) => [box.id, index]));
  const before = sourcesOf(lines);
  const ranks = new Map<string, number>();
  boxes.forEach(({ id }, index) => {
    const ranked = (before.get(id) ?? [])
      .filter(source => (order.get(source) ?? index) < index)
      .map(source => (ranks.get(source) ?? 0) + 1);
    ranks.set(id, Math.max(0, ...ranked));
  });
  return ranks;
}

const MOST_IN_ROW = 10;
const SPACE = 24;

/** The boxes by rank; a long row is broken. */
function rowsOf(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): IBoxSize[][] {
  const ranks = rankBoxes(boxes, lines);
  const byRank: IBoxSize[][] = [];
  for (const box of boxes) {
    (byRank[ranks.get(box.id) ?? 0] ??= []).push(box);
  }
  const before = sourcesOf(lines);
  const at = new Map<string, number>();
  return byRank.flatMap(row => {
    const middle = (id: string): number => {
      const known = (before.get(id) ?? []).flatMap(s => at.get(s) ?? []);
      return known.reduce((sum, x) => sum + x, 0) / (known.length || 1);
    };
    const sorted = [...row].sort((a, b) => middle(a.id) - middle(b.id));
    sorted.forEach(({ id }, index) => at.set(id, index - row.length / 2));
    return Array.from(
      { length: Math.ceil(sorted.length / MOST_IN_ROW) },
      (_, part) => sorted.slice(part * MOST_IN_ROW, (part + 1) * MOST_IN_ROW)
    );
  });
}

function sourcesOf(lines: ReadonlyArray<ILineSize>): Map<string, string[]> {
  const sources = new Map<string, string[]>();
  for (const { source, target } of lines) {
    const known = sources.get(target);
    if (known === undefined) {
      sources.set(target, [source]);
    } else {
      known.push(source);
    }
  }
  return sources;
}

function placeRows(
  rows: ReadonlyArray<ReadonlyArray<IBoxSize>>,
  gap: number
): Map<string, IBox> {
  const widths = rows.map(row =>
    row.reduce((sum, { width }) => sum + width + SPACE, -SPACE)
  );
  const widest = Math.max(0, ...widths);
  const placed = new Map<string, IBox>();
  rows.forEach((row, index) => {
    let x = MARGIN + (widest - widths[index]) / 2;
    const y = MARGIN + BOX_HEIGHT / 2 + index * (BOX_HEIGHT + gap);
    for (const { id, width } of row) {
      placed.set(id, { x: x + width / 2, y, width, height: BOX_HEIGHT });
      x += width + SPACE;
    }
  });
  return placed;
}

function direct(line: ILineSize, source: IBox, target: IBox): ILine {
  const top = source.y + source.height / 2;
  const bottom = target.y - target.height / 2;
  return {
    source: line.source,
    target: line.target,
    points: [
      { x: source.x, y: top },
      { x: target.x, y: bottom }
    ],
    label: label(line, (source.x + target.x) / 2, (top + bottom) / 2)
  };
}

function label(line: ILineSize, x: number, y: number): IBox {
  return { x, y, width: line.labelWidth, height: LABEL_HEIGHT };
}

/** Hands out lanes from left to right; two lines share one where they do not meet. */
class Lanes {
  constructor(private readonly _left: number) {}

  get right(): number {
    return this._left + this._ends.length * Lanes.WIDTH;
  }

  lead(line: ILineSize, source: IBox, target: IBox, gap: number): ILine {
    const start = source.y + source.height / 2;
    const end = target.y - target.height / 2;
    const top = Math.min(start, end - gap);
    const bottom = Math.max(start + gap, end);
    const x = this._left + this._take(top, bottom) * Lanes.WIDTH;
    return {
      source: line.source,
      target: line.target,
      points: [
        { x: source.x, y: start },
        { x, y: start + gap },
        { x, y: end - gap },
        { x: target.x, y: end }
      ],
      label: label(line, (x + target.x) / 2, end - gap / 2)
    };
  }

  private _take(top: number, bottom: number): number {
    const free = this._ends.findIndex(end => end < top);
    const lane = free === -1 ? this._ends.length : free;
    this._ends[lane] = bottom;
    return lane;
  }

  private static readonly WIDTH = 10;
  private readonly _ends: number[] = [];
}
