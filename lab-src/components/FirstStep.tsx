import * as React from 'react';

import type { IPanelActions, Trans } from './actions';

export interface IFirstStepProps {
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** What a notebook without stages shows: the way to the first ones. */
export function FirstStep(props: IFirstStepProps): React.JSX.Element {
  const { trans, actions } = props;
  return (
    <div className="jp-mlcode-FirstStep">
      <p>{trans.__('This notebook has no stages yet.')}</p>
      <button className="jp-mlcode-primary" onClick={() => actions.suggest()}>
        {trans.__('Suggest stages')}
      </button>
      <p className="jp-mlcode-hint">
        {trans.__(
          'Nothing is changed before you accept. By hand: give a code cell the tag stage:load to begin a stage named load.'
        )}
      </p>
    </div>
  );
}
