import * as React from 'react';

import type { StageProgress } from '../api/messages';
import type { IStageRow } from '../flow/rows';
import type { IPanelActions, Trans } from './actions';
import { StageRow } from './StageRow';

export interface IStageListProps {
  readonly rows: ReadonlyArray<IStageRow>;
  readonly colorOf: (stage: string) => string;
  readonly whyOf: (stage: string) => string;
  readonly states: ReadonlyMap<string, StageProgress>;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onSelect: (stage: string | null) => void;
}

/** One row for each stage; the selected one shows what it needs and what needs it. */
export function StageList(props: IStageListProps): React.JSX.Element {
  const { rows, states, trans } = props;
  const selecting = rows.some(row => row.relation === 'selected');
  return (
    <ol
      className="jp-mlcode-StageList"
      aria-label={trans.__('Stages')}
      data-selecting={selecting}
      onKeyDown={moveFocus}
    >
      {rows.map(row => (
        <StageRow
          key={row.name}
          row={row}
          rows={rows}
          color={props.colorOf(row.name)}
          why={props.whyOf(row.name)}
          state={states.get(row.name)}
          trans={trans}
          actions={props.actions}
          onSelect={props.onSelect}
        />
      ))}
    </ol>
  );
}

/** Arrow up and down go from row to row. */
function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = (event.target as HTMLElement).closest('.jp-mlcode-StageRow-main');
  if (step === undefined || at === null) {
    return;
  }
  const rows = Array.from(
    event.currentTarget.querySelectorAll<HTMLElement>(
      '.jp-mlcode-StageRow-main'
    )
  );
  rows[rows.indexOf(at as HTMLElement) + step]?.focus();
  event.preventDefault();
}
