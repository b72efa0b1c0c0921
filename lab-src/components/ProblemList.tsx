import * as React from 'react';

import type { Problem } from '../api/messages';
import { placeText } from '../flow/why';
import type { IPanelActions, Trans } from './actions';
import { SEVERITY_ICONS, severityWord } from './words';

export interface IProblemListProps {
  readonly problems: ReadonlyArray<Problem>;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** What is wrong with the notebook; a row leads to its line. */
export function ProblemList(props: IProblemListProps): React.JSX.Element {
  const { problems, trans, actions } = props;
  if (problems.length === 0) {
    return <p className="jp-mlcode-hint">{trans.__('✓ No problems found.')}</p>;
  }
  return (
    <ul className="jp-mlcode-Problems" aria-label={trans.__('Problems')}>
      {problems.map((problem, index) => (
        <li key={`${problem.code} ${problem.cell_id} ${index}`}>
          <Row problem={problem} trans={trans} actions={actions} />
        </li>
      ))}
    </ul>
  );
}

interface IRowProps {
  readonly problem: Problem;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

function Row({ problem, trans, actions }: IRowProps): React.JSX.Element {
  const { cell, cell_id: id, line, fix, severity } = problem;
  return (
    <div className="jp-mlcode-Problem" data-severity={severity}>
      <button
        className="jp-mlcode-Problem-main"
        disabled={id === null}
        onClick={() => {
          if (id !== null) {
            actions.reveal(id, line);
          }
        }}
      >
        <span className="jp-mlcode-Problem-head">
          <span className="jp-mlcode-Problem-severity">
            <span aria-hidden="true">{SEVERITY_ICONS[severity]}</span>{' '}
            {severityWord(severity, trans)}
          </span>{' '}
          <code>{problem.code}</code>{' '}
          {cell === null ? null : (
            <span className="jp-mlcode-Problem-place">
              {placeText(cell, line, trans)}
            </span>
          )}
        </span>
        <span className="jp-mlcode-Problem-message">{problem.message}</span>
        {problem.hint === '' ? null : (
          <span className="jp-mlcode-Problem-hint">{problem.hint}</span>
        )}
      </button>
      {fix === null ? null : (
        <button
          className="jp-mlcode-Problem-fix"
          title={fix.title}
          onClick={() => actions.fix(fix)}
        >
          {trans.__('Fix: %1', fix.title)}
        </button>
      )}
    </div>
  );
}
