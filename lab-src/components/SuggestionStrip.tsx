import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISuggestionCounts } from '../stages/suggestion';

export interface ISuggestionStripProps {
  /** What is suggested; null while the server is asked. */
  readonly counts: ISuggestionCounts | null;
  /** Why there is no suggestion; empty when there is one. */
  readonly message: string;
  readonly trans: TranslationBundle;
  readonly onAccept: () => void;
  readonly onDiscard: () => void;
}

/** One line above the notebook: what is suggested, and the buttons to take it or not. */
export function SuggestionStrip(
  props: ISuggestionStripProps
): React.JSX.Element {
  const { counts, message, trans, onAccept, onDiscard } = props;
  const ready = counts !== null && message === '';
  return (
    <div
      className="jp-mlcode-SuggestionStrip"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onDiscard();
        }
      }}
    >
      <span className="jp-mlcode-SuggestionStrip-text" role="status">
        {message || describe(counts, trans)}
      </span>
      {ready && (
        <button
          className="jp-mlcode-SuggestionStrip-accept jp-mod-styled jp-mod-accept"
          autoFocus
          onClick={onAccept}
        >
          {trans.__('Accept')}
        </button>
      )}
      <button className="jp-mod-styled jp-mod-reject" onClick={onDiscard}>
        {ready ? trans.__('Discard') : trans.__('Close')}
      </button>
    </div>
  );
}

function describe(
  counts: ISuggestionCounts | null,
  trans: TranslationBundle
): string {
  if (counts === null) {
    return trans.__('Looking for stages…');
  }
  const { stages, setup, parameters, skip } = counts;
  const parts = [
    stages && trans._n('%1 stage', '%1 stages', stages),
    setup && trans._n('%1 setup cell', '%1 setup cells', setup),
    parameters &&
      trans._n('%1 parameters cell', '%1 parameters cells', parameters),
    skip && trans._n('%1 skipped cell', '%1 skipped cells', skip)
  ];
  return trans.__('Suggested: %1.', parts.filter(Boolean).join(', '));
}
