import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { completeStage, nameStage } from '../stages/stageNames';

export interface IStageChoice {
  readonly name: string;
  /** The place of its color in the palette. */
  readonly color: number;
}

export interface IStageInputProps {
  readonly stages: ReadonlyArray<IStageChoice>;
  /** Which cells are about to be tagged, in words. */
  readonly target: string;
  /** The stage that they are in now; empty when in none. */
  readonly current: string;
  readonly trans: TranslationBundle;
  readonly onApply: (stage: string) => void;
  /** Called to leave these cells as they are and go on. */
  readonly onNext: () => void;
  readonly onClose: () => void;
}

const LIST = 'jp-mlcode-stage-options';

interface IOption {
  readonly name: string;
  readonly label: string;
  readonly color: number | null;
}

/** A text field for the name of a stage, with those that there are to choose from. */
export function StageInput(props: IStageInputProps): React.JSX.Element {
  const { trans, target, current } = props;
  const [text, setText] = React.useState('');
  const [chosen, setChosen] = React.useState(-1);
  const options = listOptions(text, props);
  const apply = (name: string): void => {
    setText('');
    setChosen(-1);
    props.onApply(name);
  };
  const type = (typed: string): void => {
    setText(typed);
    setChosen(-1);
  };
  const warning = warningOf(text, props);
  return (
    <div className="jp-mlcode-StageInput">
      <div className="jp-mlcode-StageInput-target" aria-live="polite">
        {target}
      </div>
      <input
        className="jp-mlcode-StageInput-text jp-mod-styled"
        role="combobox"
        aria-label={trans.__('Stage of %1', target)}
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={LIST}
        aria-activedescendant={chosen < 0 ? undefined : `${LIST}-${chosen}`}
        aria-invalid={warning !== ''}
        autoComplete="off"
        spellCheck={false}
        placeholder={current || trans.__('Name of a stage')}
        value={text}
        onChange={event => type(event.target.value)}
        onKeyDown={event =>
          onKey(event, { props, text, chosen, options, apply, type, setChosen })
        }
      />
      <Options
        options={options}
        chosen={chosen}
        trans={trans}
        onApply={apply}
      />
      <div className="jp-mlcode-StageInput-warning" role="alert">
        {warning}
      </div>
      <div className="jp-mlcode-StageInput-keys">
        {trans.__('Enter: apply and go on. Tab: complete. Escape: close.')}
      </div>
    </div>
  );
}

interface IOptionsProps {
  readonly options: ReadonlyArray<IOption>;
  readonly chosen: number;
  readonly trans: TranslationBundle;
  readonly onApply: (stage: string) => void;
}

function Options(props: IOptionsProps): React.JSX.Element {
  const items = props.options.map((option, index) => (
    <li
      key={option.label}
      id={`${LIST}-${index}`}
      role="option"
      aria-selected={index === props.chosen}
      className="jp-mlcode-StageInput-option"
      // The field keeps the focus.
      onMouseDown={event => event.preventDefault()}
      onClick={() => props.onApply(option.name)}
    >
      <span
        className="jp-mlcode-StageInput-swatch"
        data-new={option.color === null}
        style={swatch(option.color)}
      />
      <span className="jp-mlcode-StageInput-name">{option.label}</span>
    </li>
  ));
  return (
    <ul id={LIST} role="listbox" aria-label={props.trans.__('Stages')}>
      {items}
    </ul>
  );
}

interface IKeyContext {
  readonly props: IStageInputProps;
  readonly text: string;
  readonly chosen: number;
  readonly options: ReadonlyArray<IOption>;
  readonly apply: (stage: string) => void;
  readonly type: (text: string) => void;
  readonly setChosen: (index: number) => void;
}

function onKey(event: React.KeyboardEvent, context: IKeyContext): void {
  const { props, text, chosen, options, type, setChosen } = context;
  const completed = completeStage(text, names(props))[0];
  if (event.nativeEvent.isComposing) {
    return;
  }
  if (event.key === 'Enter') {
    enter(context);
  } else if (event.key === 'Escape') {
    props.onClose();
  } else if (event.key === 'ArrowDown') {
    setChosen(Math.min(chosen + 1, options.length - 1));
  } else if (event.key === 'ArrowUp') {
    setChosen(Math.max(chosen - 1, -1));
  } else if (event.key === 'Tab' && text !== '' && completed) {
    type(completed);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function enter({ props, text, chosen, options, apply }: IKeyContext): void {
  const named = nameStage(text, names(props));
  if (chosen >= 0) {
    apply(options[chosen].name);
  } else if (named.kind === 'empty') {
    props.onNext();
  } else if (named.kind === 'existing' || named.kind === 'new') {
    apply(named.name);
  }
}

function listOptions(text: string, props: IStageInputProps): IOption[] {
  const colors = new Map(props.stages.map(stage => [stage.name, stage.color]));
  const options: IOption[] = completeStage(text, names(props)).map(name => ({
    name,
    label: name,
    color: colors.get(name) ?? null
  }));
  const named = nameStage(text, names(props));
  return named.kind === 'new'
    ? [
        ...options,
        {
          name: named.name,
          label: props.trans.__('New stage: %1', named.name),
          color: null
        }
      ]
    : options;
}

function warningOf(
  text: string,
  { trans, ...props }: IStageInputProps
): string {
  const named = nameStage(text, names(props));
  switch (named.kind) {
    case 'invalid':
      return trans.__(
        'A stage’s name begins with a letter and has letters, digits, - and _.'
      );
    case 'taken':
      return trans.__('Too much like the stage %1.', named.name);
    default:
      return '';
  }
}

function names(props: Pick<IStageInputProps, 'stages'>): string[] {
  return props.stages.map(stage => stage.name);
}

function swatch(color: number | null): React.CSSProperties | undefined {
  return color === null
    ? undefined
    : { background: `var(--jp-mlcode-palette-${color})` };
}
