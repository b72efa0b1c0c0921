import { graphlib, layout as arrange } from '@dagrejs/dagre';

import { BOX_HEIGHT, LABEL_HEIGHT, MARGIN } from './geometry';
import type { IBox, IBoxSize, ILayout, ILineSize, IPoint } from './geometry';
import { layoutLanes, rankBoxes } from './lanes';

// Every layer that a line passes costs dagre a place; with thousands it takes seconds.
const MOST_PLACES = 500;

/** Places boxes in layers from top to bottom and leads the lines around them. */
export function layoutGraph(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): ILayout {
  const ids = new Set(boxes.map(box => box.id));
  const drawn = lines.filter(
    ({ source, target }) => ids.has(source) && ids.has(target)
  );
  return places(boxes, drawn) <= MOST_PLACES
    ? layoutDagre(boxes, drawn)
    : layoutLanes(boxes, drawn);
}

function places(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): number {
  const ranks = rankBoxes(boxes, lines);
  return lines.reduce(
    (sum, { source, target }) =>
      sum + Math.abs((ranks.get(target) ?? 0) - (ranks.get(source) ?? 0)) * 2,
    boxes.length
  );
}

function layoutDagre(
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): ILayout {
  const graph = new graphlib.Graph({ multigraph: false, compound: false });
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 24,
    edgesep: 16,
    ranksep: 40,
    marginx: MARGIN,
    marginy: MARGIN
  });
  graph.setDefaultEdgeLabel(() => ({}));
  // Not by their names: dagre stumbles over one like constructor.
  const node = new Map(boxes.map(({ id }, index) => [id, `box ${index}`]));
  for (const { id, width } of boxes) {
    graph.setNode(nodeOf(node, id), { width, height: BOX_HEIGHT });
  }
  for (const { source, target, labelWidth } of lines) {
    graph.setEdge(nodeOf(node, source), nodeOf(node, target), {
      width: labelWidth,
      height: LABEL_HEIGHT,
      labelpos: 'c'
    });
  }
  arrange(graph);
  return read(graph, id => nodeOf(node, id), boxes, lines);
}

function nodeOf(nodes: ReadonlyMap<string, string>, id: string): string {
  return nodes.get(id) ?? '';
}

function read(
  graph: graphlib.Graph,
  node: (id: string) => string,
  boxes: ReadonlyArray<IBoxSize>,
  lines: ReadonlyArray<ILineSize>
): ILayout {
  const placed = new Map<string, IBox>();
  for (const { id } of boxes) {
    const { x, y, width, height } = graph.node(node(id));
    placed.set(id, { x, y, width, height });
  }
  const found = lines.map(({ source, target, labelWidth }) => {
    const { points, x, y } = graph.edge(node(source), node(target));
    const label = { x, y, width: labelWidth, height: LABEL_HEIGHT };
    return { source, target, points, label };
  });
  const bands = layers([...placed.values(), ...found.map(line => line.label)]);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Number.isFinite(width) ? width : 0,
    height: Number.isFinite(height) ? height : 0,
    boxes: placed,
    lines: found.map(line => ({
      ...line,
      points: around(
        line.points,
        placed.get(line.source),
        placed.get(line.target),
        bands
      )
    }))
  };
}

/** The height of each layer, by the height of its middle. */
function layers(boxes: ReadonlyArray<IBox>): Map<number, number> {
  const heights = new Map<number, number>();
  for (const { y, height } of boxes) {
    const key = Math.round(y);
    heights.set(key, Math.max(heights.get(key) ?? 0, height));
  }
  return heights;
}

/**
 * The line straightened where it passes a layer.
 *
 * Between two layers it may go anywhere, as no box is there. Beside boxes it goes straight
 * down, where the layout has left room; a slanted line could touch a corner.
 */
function around(
  points: ReadonlyArray<IPoint>,
  source: IBox | undefined,
  target: IBox | undefined,
  layerHeights: ReadonlyMap<number, number>
): IPoint[] {
  const inner = points.slice(1, -1);
  if (source === undefined || target === undefined || inner.length === 0) {
    return [...points];
  }
  const down = target.y >= source.y ? 1 : -1;
  const passed = inner.flatMap(({ x, y }) => {
    const half = (layerHeights.get(Math.round(y)) ?? 0) / 2;
    return half === 0
      ? [{ x, y }]
      : [
          { x, y: y - down * half },
          { x, y: y + down * half }
        ];
  });
  return [
    port(source, down, passed[0].x),
    ...passed,
    port(target, -down, passed[passed.length - 1].x)
  ];
}

/** Where a line that comes from or goes to `x` meets the lower or upper side of a box. */
function port(box: IBox, side: number, x: number): IPoint {
  const reach = box.width / 2 - 12;
  return {
    x: Math.max(box.x - reach, Math.min(box.x + reach, x)),
    y: box.y + (side * box.height) / 2
  };
}

/** The path of a line: curves between the layers, straight lines beside boxes. */
export function pathOf(points: ReadonlyArray<IPoint>): string {
  return points
    .map(({ x, y }, index) => {
      if (index === 0) {
        return `M${x} ${y}`;
      }
      const before = points[index - 1];
      if (before.x === x) {
        return `L${x} ${y}`;
      }
      const middle = (before.y + y) / 2;
      return `C${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join('');
}
