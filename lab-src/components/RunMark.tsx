import * as React from 'react';

import type { StageProgress } from '../api/messages';
import { STATE_ICONS } from '../runs/summary';
import type { Trans } from './actions';
import { stateWord } from './words';

export interface IRunMarkProps {
  readonly stage: StageProgress;
  readonly trans: Trans;
}

/** What a stage did in the last run: sign, word, and progress while it runs. */
export function RunMark({ stage, trans }: IRunMarkProps): React.JSX.Element {
  const word = stateWord(stage.state, trans);
  return (
    <span className="jp-mlcode-RunMark" data-state={stage.state}>
      <span aria-hidden="true">{STATE_ICONS[stage.state]}</span>{' '}
      {stage.state === 'running' && stage.cells > 0
        ? trans.__('%1 of %2 cells', stage.done, stage.cells)
        : word}
    </span>
  );
}
