import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IStage } from '../stages/stageList';

export interface IStageListProps {
  readonly stages: ReadonlyArray<IStage>;
  readonly trans: TranslationBundle;
  readonly onReveal: (cellId: string) => void;
}

/** One row for each stage; a click leads to the stage's first cell. */
export function StageList(props: IStageListProps): React.JSX.Element {
  const { stages, trans, onReveal } = props;
  const items = stages.map(stage => (
    <li key={stage.name}>
      <button
        className="jp-mlcode-StageList-stage"
        data-valid={stage.valid}
        title={
          stage.valid
            ? trans.__('Go to the first cell of %1', stage.name)
            : trans.__(
                '%1 cannot name a stage: take a letter, then letters, digits, - or _, all lower case',
                stage.name
              )
        }
        onClick={() => onReveal(stage.cellIds[0])}
      >
        <span className="jp-mlcode-StageList-name">{stage.name}</span>
        <span className="jp-mlcode-StageList-count">
          {trans._n('%1 cell', '%1 cells', stage.cellIds.length)}
        </span>
      </button>
    </li>
  ));
  return (
    <ol className="jp-mlcode-StageList" aria-label={trans.__('Stages')}>
      {items}
    </ol>
  );
}
