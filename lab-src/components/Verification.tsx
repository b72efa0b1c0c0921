import * as React from 'react';

import type {
  Difference,
  Differences,
  Verdict,
  Verification as IVerification
} from '../api/messages';
import { placeText } from '../flow/why';
import type { IPanelActions, Trans } from './actions';
import { VERDICT_ICONS } from './words';

export interface IVerificationProps {
  readonly verify: IVerification;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** What a verify found: differences, what is only close, and what was not judged. */
export function Verification(props: IVerificationProps): React.JSX.Element {
  const { verify, trans, actions } = props;
  const { differences, close, unstable, notes } = verify;
  const shared = { trans, actions };
  return (
    <div className="jp-mlcode-Verification">
      {verify.reference_failure === '' ? null : (
        <p>
          {trans.__('The notebook itself fails: %1', verify.reference_failure)}
        </p>
      )}
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
      <Found
        {...shared}
        title={trans.__('Different')}
        verdict="different"
        found={differences}
      />
      <Found
        {...shared}
        title={trans.__('Close')}
        about={trans.__(
          'Their numbers differ by no more than %1, relatively. That was asked for, so they count as equal; they are not.',
          verify.tolerance
        )}
        verdict="close"
        found={close}
      />
      <Found
        {...shared}
        title={trans.__('Not judged')}
        about={trans.__(
          'The notebook differs from itself here: two runs of it gave different results. That is not the fault of the pipeline. Seed what is drawn, and avoid clocks and the network, to have it compared.'
        )}
        verdict="unstable"
        found={unstable}
      />
    </div>
  );
}

interface IFoundProps {
  readonly title: string;
  readonly about?: string;
  readonly verdict: Verdict;
  readonly found: Differences;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** A list of differences of one sort; nothing when there are none. */
function Found(props: IFoundProps): React.JSX.Element | null {
  const { title, about, verdict, found, trans, actions } = props;
  const id = React.useId();
  const more = found.count - found.first.length;
  if (found.count === 0) {
    return null;
  }
  return (
    <>
      <h4 id={id}>
        {title} <span className="jp-mlcode-Section-count">{found.count}</span>
      </h4>
      {about === undefined ? null : <p>{about}</p>}
      <ul className="jp-mlcode-Differences" aria-labelledby={id}>
        {found.first.map((difference, index) => (
          <li key={index}>
            <Row
              difference={difference}
              verdict={verdict}
              trans={trans}
              actions={actions}
            />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p>
          {trans.__(
            '… and %1 more; jupyter mlcode verify lists all of them.',
            more
          )}
        </p>
      ) : null}
    </>
  );
}

interface IRowProps {
  readonly difference: Difference;
  readonly verdict: Verdict;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** One difference; a button where it has a cell to go to. */
function Row(props: IRowProps): React.JSX.Element {
  const { difference, verdict, trans, actions } = props;
  const { cell, cell_id: id } = difference;
  const text = (
    <>
      <span className="jp-mlcode-Problem-head">
        <span className="jp-mlcode-Problem-severity">
          <span aria-hidden="true">{VERDICT_ICONS[verdict]}</span>{' '}
          {subject(difference, trans)}
        </span>
        {cell === null ? null : (
          <span className="jp-mlcode-Problem-place">
            {placeText(cell, null, trans)}
          </span>
        )}
      </span>
      <span className="jp-mlcode-Problem-message">{difference.text}</span>
      {verdict === 'different' ? (
        <span className="jp-mlcode-Problem-hint">{difference.hint}</span>
      ) : null}
    </>
  );
  return (
    <div className="jp-mlcode-Problem" data-verdict={verdict}>
      {cell === null || id === '' ? (
        <div className="jp-mlcode-Problem-main">{text}</div>
      ) : (
        <button
          className="jp-mlcode-Problem-main"
          title={trans.__('Go to %1', placeText(cell, null, trans))}
          onClick={() => actions.reveal(id, null, cell)}
        >
          {text}
        </button>
      )}
    </div>
  );
}

/** What differs, in a word or two. */
function subject({ kind, name }: Difference, trans: Trans): string {
  switch (kind) {
    case 'printed':
      return trans.__('printed text');
    case 'result':
      return trans.__('result');
    case 'figure':
      return trans.__('figure');
    case 'error':
      return trans.__('error');
    case 'variable':
      return trans.__('variable %1', name);
    case 'random':
      return trans.__('random state %1', name);
    case 'state':
      return trans.__('state %1', name);
    case 'file':
      return trans.__('file %1', name);
    case 'undeclared':
      return trans.__('undeclared file %1', name);
    case 'stage':
      return trans.__('ending');
    case 'guard':
      return trans.__('guard %1', name);
  }
}
