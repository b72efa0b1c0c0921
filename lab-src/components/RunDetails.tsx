import * as React from 'react';

import type { Run } from '../api/messages';
import { placeText } from '../flow/why';
import type { IPanelActions, Trans } from './actions';
import { Jump } from './EdgeCard';
import { RunStages } from './RunStages';
import { Verification } from './Verification';

export interface IRunDetailsProps {
  readonly run: Run;
  readonly logText: string;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** What a run is doing or did: its stages, its end, its files, its log. */
export function RunDetails(props: IRunDetailsProps): React.JSX.Element {
  const { run, trans, actions } = props;
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    // Who starts a run wants to see it; an old one may stay where it is.
    if (run.state === 'running') {
      node.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [run.id]);
  return (
    <div className="jp-mlcode-RunDetails" ref={node}>
      {run.outcome === '' ? null : <p role="status">{run.outcome}</p>}
      {run.verify === null ? <Failure {...props} /> : null}
      <RunStages run={run} trans={trans} actions={actions} />
      {run.verify === null ? null : (
        <Verification verify={run.verify} trans={trans} actions={actions} />
      )}
      <div className="jp-mlcode-RunDetails-buttons">
        {run.state === 'running' ? (
          <button onClick={() => actions.cancel(run.id)}>
            {trans.__('■ Cancel')}
          </button>
        ) : null}
        {run.report === '' ? null : (
          <button onClick={() => actions.open(run.report)}>
            {trans.__('Open report')}
          </button>
        )}
        {run.folder === '' ? null : (
          <button onClick={() => actions.open(run.folder)}>
            {trans.__('Open folder')}
          </button>
        )}
      </div>
      <Log text={props.logText} trans={trans} />
    </div>
  );
}

function Failure(props: IRunDetailsProps): React.JSX.Element | null {
  const { trans, actions } = props;
  const { failure } = props.run;
  if (failure === null) {
    return null;
  }
  return (
    <div className="jp-mlcode-RunDetails-failure">
      <pre>{failure.text}</pre>
      {failure.cell_id === '' || failure.cell === null ? null : (
        <Jump
          text={trans.__(
            'Go to %1',
            placeText(failure.cell, failure.line, trans)
          )}
          cell_id={failure.cell_id}
          cell={failure.cell}
          line={failure.line}
          actions={actions}
        />
      )}
    </div>
  );
}

interface ILogProps {
  readonly text: string;
  readonly trans: Trans;
}

/** The log, at its end unless somebody scrolled away from it. */
function Log({ text, trans }: ILogProps): React.JSX.Element | null {
  const node = React.useRef<HTMLPreElement>(null);
  const atEnd = React.useRef(true);
  React.useLayoutEffect(() => {
    if (node.current !== null && atEnd.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text]);
  if (text === '') {
    return null;
  }
  return (
    <pre
      ref={node}
      className="jp-mlcode-Log"
      role="log"
      aria-label={trans.__('Log')}
      tabIndex={0}
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {text}
    </pre>
  );
}
