import * as React from 'react';

import { pathOf } from '../flow/layout';
import { key } from '../flow/scene';
import type { ISceneLine } from '../flow/scene';
import type { IDrawingProps } from './GraphDrawing';

export interface IGraphLineProps extends IDrawingProps {
  readonly line: ISceneLine;
  readonly selected: string | null;
  readonly inOrder: boolean;
}

/** An edge of the graph: its line, and on it what crosses. */
export function GraphLine(props: IGraphLineProps): React.JSX.Element {
  const { line, selected, selectedEdge, trans } = props;
  const path = pathOf(line.points);
  return (
    <g
      role="button"
      aria-pressed={selectedEdge !== null && key(selectedEdge) === key(line)}
      aria-label={trans.__('%1 to %2: %3', line.source, line.target, line.text)}
      className="jp-mlcode-Line"
      data-near={line.source === selected || line.target === selected}
      tabIndex={props.inOrder ? 0 : -1}
      onClick={() => props.onEdge(line.edge)}
      onFocus={event => {
        if (event.currentTarget.matches(':focus-visible')) {
          props.onReveal(line.label);
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          props.onEdge(line.edge);
          event.preventDefault();
        }
      }}
    >
      <title>{props.whyEdge(line.edge)}</title>
      <path className="jp-mlcode-Line-target" d={path} />
      <path
        className="jp-mlcode-Line-path"
        d={path}
        markerEnd="url(#jp-mlcode-arrow)"
      />
      {props.overview ? null : <Label line={line} />}
    </g>
  );
}

function Label({ line }: Pick<IGraphLineProps, 'line'>): React.JSX.Element {
  const { x, y, width, height } = line.label;
  return (
    <>
      <rect
        x={x - width / 2}
        y={y - height / 2}
        width={width}
        height={height}
        rx="3"
      />
      <text x={x} y={y + 4} textAnchor="middle">
        {line.text}
      </text>
    </>
  );
}
