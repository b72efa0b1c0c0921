import * as React from 'react';

import type { Edge, StageProgress } from '../api/messages';
import type { IStageRow } from '../flow/rows';
import { drawScene } from '../flow/scene';
import { isOverview, regionOf } from '../flow/viewport';
import type { IRegion } from '../flow/viewport';
import type { Trans } from './actions';
import { GraphDrawing } from './GraphDrawing';
import { useViewport } from './useViewport';

export interface IGraphViewProps {
  readonly rows: ReadonlyArray<IStageRow>;
  readonly edges: ReadonlyArray<Edge>;
  readonly selectedEdge: {
    readonly source: string;
    readonly target: string;
  } | null;
  readonly states: ReadonlyMap<string, StageProgress>;
  readonly colorOf: (stage: string) => string;
  readonly whyStage: (stage: string) => string;
  readonly whyEdge: (edge: Edge) => string;
  readonly trans: Trans;
  readonly onStage: (row: IStageRow) => void;
  readonly onEdge: (edge: Edge) => void;
}

/** The stages as boxes, what crosses between them as labelled lines. */
export function GraphView(props: IGraphViewProps): React.JSX.Element {
  const { rows, edges, trans } = props;
  const shape = rows.map(row => `${row.name}\t${row.title}`).join('\n');
  const scene = React.useMemo(
    () => drawScene(rows, edges),
    // The rows are new with every render, their layout only with names and edges.
    [shape, edges]
  );
  const selected = rows.find(row => row.relation === 'selected')?.name;
  const { frame, framed, zoom, fit, reveal } = useViewport(
    scene,
    scene.boxes.find(box => box.row.name === selected) ?? scene.boxes[0] ?? null
  );
  const revealOf = React.useRef(reveal);
  revealOf.current = reveal;
  const onReveal = React.useCallback<typeof reveal>(
    box => revealOf.current(box),
    []
  );
  const region = useSame(framed && regionOf(framed.view, framed.size, scene));
  return (
    <div className="jp-mlcode-Graph">
      <Tools trans={trans} zoom={zoom} fit={fit} />
      <div
        className="jp-mlcode-Graph-frame"
        style={{ maxHeight: Math.max(220, scene.height * 1.2) }}
        ref={frame}
      >
        <svg
          role="group"
          aria-label={trans.__('Graph of the stages')}
          width="100%"
          height="100%"
        >
          <defs>
            <Arrow />
          </defs>
          {framed === null || region === null ? null : (
            <g
              transform={`translate(${framed.view.x} ${framed.view.y}) scale(${framed.view.scale})`}
            >
              <GraphDrawing
                {...props}
                scene={scene}
                region={region}
                overview={isOverview(
                  framed.view,
                  scene.boxes.length + scene.lines.length
                )}
                onReveal={onReveal}
              />
            </g>
          )}
        </svg>
      </div>
    </div>
  );
}

/** The region that was there before, as long as it is the same. */
function useSame(region: IRegion | null): IRegion | null {
  const { left = 0, top = 0, right = 0, bottom = 0 } = region ?? {};
  const none = region === null;
  return React.useMemo(
    () => (none ? null : { left, top, right, bottom }),
    [none, left, top, right, bottom]
  );
}

interface IToolsProps {
  readonly trans: Trans;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
}

function Tools({ trans, zoom, fit }: IToolsProps): React.JSX.Element {
  return (
    <div
      className="jp-mlcode-Graph-tools"
      role="toolbar"
      aria-label={trans.__('Graph')}
    >
      <button aria-label={trans.__('Zoom in')} onClick={() => zoom(1.25)}>
        +
      </button>
      <button aria-label={trans.__('Zoom out')} onClick={() => zoom(0.8)}>
        −
      </button>
      <button onClick={fit}>{trans.__('Fit')}</button>
    </div>
  );
}

function Arrow(): React.JSX.Element {
  return (
    <marker
      id="jp-mlcode-arrow"
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerUnits="userSpaceOnUse"
      markerWidth="9"
      markerHeight="9"
      orient="auto-start-reverse"
    >
      <path className="jp-mlcode-Graph-head" d="M0 0L8 4L0 8Z" />
    </marker>
  );
}
