import * as React from 'react';

import type { Parameter } from '../api/messages';
import type { IRunChoice } from '../model/panelModel';
import { parseTolerance, readForm, valueText } from '../runs/form';
import type { Entries } from '../runs/form';
import type { IStageRow } from '../flow/rows';
import type { IPanelActions, Trans } from './actions';

export interface IRunFormProps {
  readonly parameters: ReadonlyArray<Parameter>;
  readonly rows: ReadonlyArray<IStageRow>;
  readonly entries: Entries;
  readonly choice: IRunChoice;
  /** How close numbers must be for a verify, as somebody typed it. */
  readonly tolerance: string;
  /** Whether a run is under way: the server runs one at a time. */
  readonly busy: boolean;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onEntries: (entries: Entries) => void;
  readonly onChoice: (choice: IRunChoice) => void;
  readonly onTolerance: (tolerance: string) => void;
}

/** Parameters, what to run, and the buttons that start it. */
export function RunForm(props: IRunFormProps): React.JSX.Element {
  const { parameters, entries, busy, trans } = props;
  const { errors } = readForm(parameters, entries);
  const typed = Object.keys(entries).length > 0 || props.tolerance !== '';
  // Not disabled, only said to be: the focus stays with who pressed a button.
  const canRun = Object.keys(errors).length === 0 && !busy;
  const canVerify = parseTolerance(props.tolerance) !== undefined && !busy;
  return (
    <form
      className="jp-mlcode-RunForm"
      aria-label={trans.__('Run the pipeline')}
      onSubmit={event => {
        event.preventDefault();
        if (canRun) {
          run(props);
        }
      }}
    >
      {parameters.map(parameter => (
        <Field
          key={parameter.name}
          parameter={parameter}
          text={
            Object.hasOwn(entries, parameter.name)
              ? entries[parameter.name]
              : valueText(parameter.default, parameter.type)
          }
          wrong={Object.hasOwn(errors, parameter.name)}
          trans={trans}
          onText={text =>
            props.onEntries({ ...entries, [parameter.name]: text })
          }
        />
      ))}
      <WhatToRun {...props} />
      <Anew {...props} />
      <Tolerance {...props} />
      <div className="jp-mlcode-RunForm-buttons">
        <button
          type="submit"
          className="jp-mlcode-primary"
          aria-disabled={!canRun}
        >
          {trans.__('▶ Run')}
        </button>
        <button
          type="button"
          aria-disabled={!canVerify}
          title={trans.__(
            'Runs the notebook and the pipeline, each from the start and with the defaults, and compares what they compute'
          )}
          onClick={() => {
            if (canVerify) {
              verify(props);
            }
          }}
        >
          {trans.__('Verify')}
        </button>
        {typed ? (
          <button
            type="button"
            onClick={() => {
              props.onEntries({});
              props.onTolerance('');
            }}
          >
            {trans.__('Defaults')}
          </button>
        ) : null}
      </div>
    </form>
  );
}

function run({ parameters, entries, choice, actions }: IRunFormProps): void {
  actions.start({
    kind: 'run',
    parameters: readForm(parameters, entries).values,
    stage: choice.stage,
    from_stage: choice.fromStage,
    tolerance: null,
    anew: choice.anew
  });
}

/** Verify compares with the notebook, which has the defaults, and all of it. */
function verify({ tolerance, actions }: IRunFormProps): void {
  actions.start({
    kind: 'verify',
    parameters: {},
    stage: null,
    from_stage: null,
    tolerance: parseTolerance(tolerance) ?? null,
    anew: false
  });
}

interface IFieldProps {
  readonly parameter: Parameter;
  readonly text: string;
  readonly wrong: boolean;
  readonly trans: Trans;
  readonly onText: (text: string) => void;
}

function Field(props: IFieldProps): React.JSX.Element {
  const { parameter, text, wrong, trans, onText } = props;
  const id = React.useId();
  return (
    <div className="jp-mlcode-Field" title={parameter.help || undefined}>
      <label htmlFor={id}>{parameter.name}</label>
      {parameter.type === 'bool' ? (
        <input
          id={id}
          type="checkbox"
          checked={text === 'true'}
          onChange={event => onText(String(event.target.checked))}
        />
      ) : (
        <input
          id={id}
          inputMode={
            parameter.type === 'int' || parameter.type === 'float'
              ? 'decimal'
              : 'text'
          }
          spellCheck={false}
          value={text}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-error` : undefined}
          onChange={event => onText(event.target.value)}
        />
      )}
      {wrong ? (
        <span id={`${id}-error`} className="jp-mlcode-Field-error" role="alert">
          {wanted(parameter.type, trans)}
        </span>
      ) : null}
    </div>
  );
}

function wanted(type: Parameter['type'], trans: Trans): string {
  switch (type) {
    case 'int':
      return trans.__('A whole number is needed.');
    case 'float':
      return trans.__('A number is needed.');
    case 'bool':
      return trans.__('true or false is needed.');
    case 'list':
      return trans.__('A list is needed, such as [1, 2].');
    default:
      return trans.__('A mapping is needed, such as {"a": 1}.');
  }
}

function WhatToRun(props: IRunFormProps): React.JSX.Element {
  const { rows, choice, trans } = props;
  const id = React.useId();
  const value =
    choice.stage !== null
      ? `only ${choice.stage}`
      : choice.fromStage !== null
        ? `from ${choice.fromStage}`
        : '';
  const onChange = (event: React.ChangeEvent<HTMLSelectElement>): void => {
    const [how, stage = null] = event.target.value.split(' ');
    props.onChoice({
      ...choice,
      stage: how === 'only' ? stage : null,
      fromStage: how === 'from' ? stage : null
    });
  };
  return (
    <div className="jp-mlcode-Field">
      <label htmlFor={id}>{trans.__('Stages')}</label>
      <select id={id} value={value} onChange={onChange}>
        <option value="">{trans.__('all')}</option>
        {rows.map(row => (
          <option key={`only ${row.name}`} value={`only ${row.name}`}>
            {trans.__('only %1', row.title)}
          </option>
        ))}
        {rows.slice(1).map(row => (
          <option key={`from ${row.name}`} value={`from ${row.name}`}>
            {trans.__('from %1 on', row.title)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Anew({ choice, trans, onChoice }: IRunFormProps): React.JSX.Element {
  const id = React.useId();
  return (
    <div
      className="jp-mlcode-Field"
      title={trans.__(
        'Runs every stage, also those whose results are kept from an earlier run'
      )}
    >
      <label htmlFor={id}>{trans.__('From scratch')}</label>
      <input
        id={id}
        type="checkbox"
        checked={choice.anew}
        onChange={event => onChoice({ ...choice, anew: event.target.checked })}
      />
    </div>
  );
}

function Tolerance(props: IRunFormProps): React.JSX.Element {
  const { tolerance, trans } = props;
  const id = React.useId();
  const wrong = parseTolerance(tolerance) === undefined;
  return (
    <div className="jp-mlcode-Field">
      <label htmlFor={id}>{trans.__('Verify within')}</label>
      <input
        id={id}
        inputMode="decimal"
        spellCheck={false}
        placeholder={trans.__('equal to the last bit')}
        title={trans.__(
          'Numbers that differ by no more than this, relative to their size, such as 1e-9, are taken as equal and listed as close'
        )}
        value={tolerance}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-error` : undefined}
        onChange={event => props.onTolerance(event.target.value)}
      />
      {wrong ? (
        <span id={`${id}-error`} className="jp-mlcode-Field-error" role="alert">
          {trans.__('A number above 0 and up to 0.1 is needed, such as 1e-9.')}
        </span>
      ) : null}
    </div>
  );
}
