import * as React from 'react';

import type { Edge } from '../api/messages';
import { whyPieces } from '../flow/why';
import type { IPanelActions, Trans } from './actions';

export interface IEdgeCardProps {
  readonly edge: Edge;
  readonly titleOf: (stage: string) => string;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onClose: () => void;
}

/** Why one stage needs another, each place a way there. */
export function EdgeCard(props: IEdgeCardProps): React.JSX.Element {
  const { edge, titleOf, trans, actions } = props;
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => heading.current?.focus(), [edge.source, edge.target]);
  return (
    <div
      className="jp-mlcode-Card"
      role="group"
      aria-label={trans.__('From %1 to %2', edge.source, edge.target)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          props.onClose();
        }
      }}
    >
      <h3 ref={heading} tabIndex={-1}>
        {titleOf(edge.source)} → {titleOf(edge.target)}
      </h3>
      <button
        className="jp-mlcode-Card-close"
        aria-label={trans.__('Close')}
        onClick={props.onClose}
      >
        ×
      </button>
      <ul>
        {edge.carries.map((item, index) => (
          <li key={index}>
            {whyPieces(item, trans).map((piece, at) =>
              piece.spot !== null ? (
                <Jump
                  key={at}
                  {...piece.spot}
                  text={piece.text}
                  actions={actions}
                />
              ) : piece.code ? (
                <code key={at}>{piece.text}</code>
              ) : (
                <span key={at}>{piece.text}</span>
              )
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface IJumpProps {
  readonly text: string;
  readonly cell_id: string;
  readonly line: number | null;
  readonly cell: number;
  readonly actions: IPanelActions;
}

/** A place in the notebook that leads there. */
export function Jump(props: IJumpProps): React.JSX.Element {
  return (
    <button
      className="jp-mlcode-Jump"
      onClick={() =>
        props.actions.reveal(props.cell_id, props.line, props.cell)
      }
    >
      {props.text}
    </button>
  );
}
