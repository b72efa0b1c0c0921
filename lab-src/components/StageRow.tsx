import * as React from 'react';

import type { StageProgress } from '../api/messages';
import { cellRanges } from '../flow/rows';
import type { IStageRow } from '../flow/rows';
import type { IPanelActions, Trans } from './actions';
import { Names } from './Names';
import { RunMark } from './RunMark';
import { StageTools } from './StageTools';

const MOST = 3;

export interface IStageRowProps {
  readonly row: IStageRow;
  /** All stages, for what can be done with two of them. */
  readonly rows: ReadonlyArray<IStageRow>;
  readonly color: string;
  readonly why: string;
  readonly state: StageProgress | undefined;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onSelect: (stage: string | null) => void;
}

/** A stage in the list. */
export function StageRow(props: IStageRowProps): React.JSX.Element {
  const { row, trans, actions } = props;
  const [renaming, setRenaming] = React.useState(false);
  const selected = row.relation === 'selected';
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'F2') {
      props.onSelect(row.name);
      setRenaming(true);
    }
  };
  const onClick = (): void => {
    props.onSelect(selected ? null : row.name);
    if (!selected) {
      actions.reveal(row.cellIds[0]);
    }
  };
  return (
    <li
      className="jp-mlcode-StageRow"
      data-relation={row.relation}
      data-valid={row.valid}
      style={{ '--jp-mlcode-stage-color': props.color } as React.CSSProperties}
    >
      <button
        className="jp-mlcode-StageRow-main"
        aria-pressed={selected}
        title={row.valid ? props.why || undefined : invalid(row.name, trans)}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <span className="jp-mlcode-StageRow-number">{row.number}</span>
        <span className="jp-mlcode-StageRow-title">
          {row.title}
          {row.title === row.name ? null : (
            <span className="jp-mlcode-StageRow-name"> {row.name}</span>
          )}
        </span>
        <Badges row={row} trans={trans} />
        {props.state ? <RunMark stage={props.state} trans={trans} /> : null}
        <span className="jp-mlcode-StageRow-flow">
          <Flow row={row} trans={trans} />
        </span>
      </button>
      {selected ? (
        <StageTools
          row={row}
          others={props.rows.filter(other => other.name !== row.name)}
          renaming={renaming}
          trans={trans}
          actions={actions}
          onRenaming={setRenaming}
        />
      ) : null}
    </li>
  );
}

interface IPartProps {
  readonly row: IStageRow;
  readonly trans: Trans;
}

function Badges({ row, trans }: IPartProps): React.JSX.Element {
  return (
    <>
      {row.errors > 0 ? (
        <span className="jp-mlcode-Badge" data-severity="error">
          {trans._n('✗ %1 error', '✗ %1 errors', row.errors)}
        </span>
      ) : null}
      {row.warnings > 0 ? (
        <span className="jp-mlcode-Badge" data-severity="warning">
          {trans._n('⚠ %1 warning', '⚠ %1 warnings', row.warnings)}
        </span>
      ) : null}
    </>
  );
}

function Flow({ row, trans }: IPartProps): React.JSX.Element {
  if (row.relation === 'needed' || row.relation === 'needs') {
    return (
      <>
        {row.relation === 'needed' ? trans.__('gives ') : trans.__('takes ')}
        <Names names={row.involved} most={MOST + 2} />
      </>
    );
  }
  const cells =
    row.cells.length > 0
      ? trans._n('cell %2', 'cells %2', row.cells.length, cellRanges(row.cells))
      : trans._n('%1 cell', '%1 cells', row.cellIds.length);
  return (
    <>
      <span className="jp-mlcode-StageRow-cells">{cells}</span>
      {row.inputs.length + row.outputs.length > 0 ? (
        <span>
          <Names names={row.inputs} most={MOST} />
          {' → '}
          <Names names={row.outputs} most={MOST} />
        </span>
      ) : null}
    </>
  );
}

function invalid(name: string, trans: Trans): string {
  return trans.__(
    '%1 cannot name a stage: take a letter, then letters, digits, - or _, all lower case',
    name
  );
}
