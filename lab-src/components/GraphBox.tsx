import * as React from 'react';

import type { IStageRow } from '../flow/rows';
import type { ISceneBox } from '../flow/scene';
import { STATE_ICONS } from '../runs/summary';
import type { IDrawingProps } from './GraphDrawing';
import { stateWord } from './words';

export interface IGraphBoxProps extends IDrawingProps {
  readonly box: ISceneBox;
  /** The stage as it is now; the box has it as it was when the graph was laid out. */
  readonly row: IStageRow;
  /** Its place among all stages, counted from 0. */
  readonly place: number;
  readonly inOrder: boolean;
  readonly onFocus: (stage: string) => void;
  /** Goes where a key leads; whether it leads anywhere. */
  readonly onArrow: (key: string) => boolean;
}

/** A stage in the graph. */
export function GraphBox(props: IGraphBoxProps): React.JSX.Element {
  const { box, row, trans, overview } = props;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      props.onStage(row);
    } else if (!props.onArrow(event.key)) {
      return;
    }
    event.preventDefault();
  };
  const onFocus = (event: React.FocusEvent): void => {
    props.onFocus(row.name);
    // Not under the pointer, where the box would move away between press and release.
    if (event.currentTarget.matches(':focus-visible')) {
      props.onReveal(box);
    }
  };
  return (
    <g
      role="listitem"
      aria-posinset={props.place + 1}
      aria-setsize={props.rows.length}
    >
      <g
        role="button"
        aria-pressed={row.relation === 'selected'}
        aria-label={trans.__('Stage %1, %2', row.number, row.title)}
        className="jp-mlcode-Box"
        data-stage={row.name}
        data-relation={row.relation}
        data-errors={row.errors > 0}
        style={
          {
            '--jp-mlcode-stage-color': props.colorOf(row.name)
          } as React.CSSProperties
        }
        tabIndex={props.inOrder ? 0 : -1}
        transform={`translate(${box.x - box.width / 2} ${box.y - box.height / 2})`}
        onClick={() => props.onStage(row)}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
      >
        <rect width={box.width} height={box.height} rx="5" />
        <rect
          className="jp-mlcode-Box-bar"
          width={overview ? box.width : 5}
          height={box.height}
          rx="2"
        />
        {overview ? <title>{row.title}</title> : <Words {...props} />}
      </g>
    </g>
  );
}

function Words(props: IGraphBoxProps): React.JSX.Element {
  const { box, row, trans } = props;
  const state = props.states.get(row.name);
  return (
    <>
      <title>{[row.title, props.whyStage(row.name)].join('\n').trim()}</title>
      <text x="14" y="17" className="jp-mlcode-Box-title">
        {row.number} · {box.text}
      </text>
      <text x="14" y="32" className="jp-mlcode-Box-note">
        {row.errors > 0
          ? trans._n('✗ %1 error', '✗ %1 errors', row.errors)
          : state
            ? `${STATE_ICONS[state.state]} ${stateWord(state.state, trans)}`
            : trans._n('%1 cell', '%1 cells', row.cellIds.length)}
      </text>
    </>
  );
}
