import type { IBox, ILayout, ILineSize, IPoint } from '../geometry';
import { layoutGraph } from '../layout';

/** A made-up pipeline, always the same for the same number of stages. */
function pipeline(size: number): { ids: string[]; lines: ILineSize[] } {
  let state = 7;
  const draw = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const ids = Array.from({ length: size }, (_, index) => `stage-${index}`);
  const pairs = new Set<string>();
  for (let target = 1; target < size; target++) {
    for (let count = 0; count <= draw(3); count++) {
      // Most need what was made a moment ago, some what was made at the start.
      const reach = draw(4) === 0 ? target : Math.min(target, 8);
      pairs.add(`${target - 1 - draw(reach)} ${target}`);
    }
  }
  const lines = [...pairs].map(pair => {
    const [source, target] = pair.split(' ').map(Number);
    return { source: ids[source], target: ids[target], labelWidth: 90 };
  });
  return { ids, lines };
}

function laidOut(size: number): ILayout {
  const { ids, lines } = pipeline(size);
  return layoutGraph(
    ids.map((id, index) => ({ id, width: 80 + (index % 5) * 40 })),
    lines
  );
}

/** The points along the curve that is drawn between two points. */
function along(from: IPoint, to: IPoint): IPoint[] {
  const middle = (from.y + to.y) / 2;
  return Array.from({ length: 41 }, (_, step) => {
    const t = step / 40;
    const near = (1 - t) ** 3 + 3 * (1 - t) ** 2 * t;
    return {
      x: near * from.x + (1 - near) * to.x,
      y: (1 - t) ** 3 * from.y + 3 * (1 - t) * t * middle + t ** 3 * to.y
    };
  });
}

function inside({ x, y }: IPoint, box: IBox): boolean {
  return (
    Math.abs(x - box.x) < box.width / 2 - 0.5 &&
    Math.abs(y - box.y) < box.height / 2 - 0.5
  );
}

/** The boxes that a line goes over, as "line box". */
function crossed({ boxes, lines }: ILayout): string[] {
  return lines.flatMap(line => {
    const points = line.points
      .slice(1)
      .flatMap((to, index) => along(line.points[index], to));
    return [...boxes]
      .filter(([, box]) => points.some(point => inside(point, box)))
      .map(([id]) => `${line.source}->${line.target} ${id}`);
  });
}

describe('layoutGraph', () => {
  it('has nothing to place in an empty pipeline', () => {
    expect(layoutGraph([], []).boxes.size).toBe(0);
  });

  it('puts a stage below what it needs', () => {
    const { boxes } = layoutGraph(
      [
        { id: 'a', width: 80 },
        { id: 'b', width: 80 }
      ],
      [{ source: 'a', target: 'b', labelWidth: 30 }]
    );
    expect(boxes.get('b')?.y).toBeGreaterThan(boxes.get('a')?.y ?? Infinity);
  });

  it('keeps branches apart', () => {
    const { boxes } = layoutGraph(
      ['a', 'b', 'c'].map(id => ({ id, width: 80 })),
      [
        { source: 'a', target: 'b', labelWidth: 30 },
        { source: 'a', target: 'c', labelWidth: 30 }
      ]
    );
    expect(boxes.get('b')?.y).toBe(boxes.get('c')?.y);
    expect(boxes.get('b')?.x).not.toBe(boxes.get('c')?.x);
  });

  it('leaves out an edge to a stage that is not there', () => {
    const lines = [{ source: 'a', target: 'gone', labelWidth: 30 }];
    expect(layoutGraph([{ id: 'a', width: 80 }], lines).lines).toEqual([]);
  });

  it('survives a circle', () => {
    const ids = ['a', 'b'].map(id => ({ id, width: 80 }));
    const lines = [
      { source: 'a', target: 'b', labelWidth: 30 },
      { source: 'b', target: 'a', labelWidth: 30 }
    ];
    expect(layoutGraph(ids, lines).lines).toHaveLength(2);
  });

  it.each([5, 20, 60, 200])('leads no line over a box (%p stages)', size => {
    expect(crossed(laidOut(size))).toEqual([]);
  });

  it('lays out 500 stages in less than a second', () => {
    laidOut(20);
    const start = performance.now();
    laidOut(500);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
