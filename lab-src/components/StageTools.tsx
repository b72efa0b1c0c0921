import * as React from 'react';

import type { IStageRow } from '../flow/rows';
import { paletteColor } from '../flow/colors';
import { PALETTE_SIZE } from '../stages/stageColors';
import { isStageName } from '../stages/stageTags';
import type { IPanelActions, Trans } from './actions';

export interface IStageToolsProps {
  readonly row: IStageRow;
  readonly others: ReadonlyArray<IStageRow>;
  readonly renaming: boolean;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onRenaming: (renaming: boolean) => void;
}

/** What can be done with the selected stage, in its row. */
export function StageTools(props: IStageToolsProps): React.JSX.Element {
  const { row, others, trans, actions, onRenaming } = props;
  if (props.renaming) {
    return (
      <Rename
        name={row.name}
        trans={trans}
        onDone={name => {
          onRenaming(false);
          if (name !== null && name !== row.name) {
            actions.rename(row.name, name);
          }
        }}
      />
    );
  }
  return (
    <div
      className="jp-mlcode-StageTools"
      role="group"
      aria-label={trans.__('Edit %1', row.name)}
    >
      <button onClick={() => onRenaming(true)}>{trans.__('Rename')}</button>
      <Colors row={row} trans={trans} actions={actions} />
      {others.length > 0 ? (
        <select
          aria-label={trans.__('Merge %1 into another stage', row.name)}
          value=""
          onChange={event => actions.merge(row.name, event.target.value)}
        >
          <option value="">{trans.__('Merge into…')}</option>
          {others.map(other => (
            <option key={other.name} value={other.name}>
              {other.title}
            </option>
          ))}
        </select>
      ) : null}
      <button onClick={() => actions.clear(row.name)}>
        {trans.__('Clear')}
      </button>
    </div>
  );
}

type IColorsProps = Pick<IStageToolsProps, 'row' | 'trans' | 'actions'>;

/** The palette behind a button. */
function Colors({ row, trans, actions }: IColorsProps): React.JSX.Element {
  const [open, setOpen] = React.useState(false);
  return (
    <>
      <button aria-expanded={open} onClick={() => setOpen(!open)}>
        {trans.__('Color')}
      </button>
      {open ? (
        <span
          className="jp-mlcode-Swatches"
          role="group"
          aria-label={trans.__('Color of %1', row.name)}
        >
          {Array.from({ length: PALETTE_SIZE }, (_, color) => (
            <button
              key={color}
              aria-label={trans.__('Color %1', color + 1)}
              style={{ background: paletteColor(color) }}
              onClick={() => {
                setOpen(false);
                actions.recolor(row.name, color);
              }}
            />
          ))}
        </span>
      ) : null}
    </>
  );
}

interface IRenameProps {
  readonly name: string;
  readonly trans: Trans;
  /** Called with the new name, null when it is to stay. */
  readonly onDone: (name: string | null) => void;
}

function Rename({ name, trans, onDone }: IRenameProps): React.JSX.Element {
  const [text, setText] = React.useState(name);
  const valid = isStageName(text);
  return (
    <form
      className="jp-mlcode-StageTools"
      onSubmit={event => {
        event.preventDefault();
        if (valid) {
          onDone(text);
        }
      }}
    >
      <input
        aria-label={trans.__('New name of %1', name)}
        aria-invalid={!valid}
        title={
          valid
            ? undefined
            : trans.__('A letter, then letters, digits, - or _, all lower case')
        }
        autoFocus
        spellCheck={false}
        value={text}
        onChange={event => setText(event.target.value)}
        onFocus={event => event.target.select()}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            onDone(null);
          }
        }}
      />
      <button type="submit" disabled={!valid}>
        {trans.__('Rename')}
      </button>
      <button type="button" onClick={() => onDone(null)}>
        {trans.__('Cancel')}
      </button>
    </form>
  );
}
