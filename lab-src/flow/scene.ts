import type { Edge } from '../api/messages';
import type { IBox, ILine } from './geometry';
import { layoutGraph } from './layout';
import { shorten } from './rows';
import type { IStageRow } from './rows';

/** A stage as the graph draws it. */
export interface ISceneBox extends IBox {
  readonly row: IStageRow;
  readonly text: string;
}

/** An edge as the graph draws it. */
export interface ISceneLine extends ILine {
  readonly edge: Edge;
  readonly text: string;
}

/** Everything to draw, with its place. */
export interface IScene {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyArray<ISceneBox>;
  readonly lines: ReadonlyArray<ISceneLine>;
}

const MOST_TITLE = 26;
const MOST_NAME = 18;
const NAMES = 2;
const FAR = 10000;

/** The graph of these stages and edges, laid out. */
export function drawScene(
  rows: ReadonlyArray<IStageRow>,
  edges: ReadonlyArray<Edge>
): IScene {
  const boxes = rows.map(row => {
    const text = cut(row.title, MOST_TITLE);
    return { row, text, width: 48 + Math.max(6, text.length) * 7.3 };
  });
  const labels = edges.map(edge => ({ edge, text: labelOf(edge) }));
  const { lines, ...layout } = layoutGraph(
    boxes.map(({ row, width }) => ({ id: row.name, width })),
    labels.map(({ edge, text }) => ({
      source: edge.source,
      target: edge.target,
      labelWidth: 12 + text.length * 6.4
    }))
  );
  const labelled = new Map(labels.map(item => [key(item.edge), item] as const));
  return {
    width: layout.width,
    height: layout.height,
    boxes: boxes.flatMap(({ row, text }) => {
      const box = layout.boxes.get(row.name);
      return box === undefined ? [] : [{ ...box, row, text }];
    }),
    lines: lines.flatMap(line => {
      const found = labelled.get(key(line));
      return found === undefined ? [] : [{ ...line, ...found }];
    })
  };
}

/** What crosses an edge in a few words: df, model +2. */
export function labelOf(edge: Edge): string {
  const names = [...new Set(edge.carries.map(item => item.name))];
  const { shown, more } = shorten(names, NAMES);
  const text = shown.map(name => cut(name, MOST_NAME)).join(', ');
  return more > 0 ? `${text} +${more}` : text;
}

/** The box that an arrow key leads to: the nearest one that way. */
export function boxTowards(
  boxes: ReadonlyArray<ISceneBox>,
  from: ISceneBox,
  arrow: string
): ISceneBox | null {
  const side = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[
    arrow
  ];
  if (side === undefined) {
    return null;
  }
  const across = arrow === 'ArrowLeft' || arrow === 'ArrowRight';
  const distance = (box: ISceneBox): number => {
    const x = box.x - from.x;
    const y = box.y - from.y;
    const ahead = (across ? x : y) * side;
    // Sideways within the row, up and down to the next row and there to the nearest.
    return ahead <= 1
      ? Infinity
      : across
        ? ahead + FAR * Math.abs(y)
        : FAR * ahead + Math.abs(x);
  };
  const nearest = boxes.reduce<[number, ISceneBox | null]>(
    (best, box) => (distance(box) < best[0] ? [distance(box), box] : best),
    [Infinity, null]
  );
  return nearest[1];
}

/** An edge's name among all. */
export function key(edge: {
  readonly source: string;
  readonly target: string;
}): string {
  return `${edge.source} ${edge.target}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
