import * as React from 'react';

import type { Parameter } from '../api/messages';
import { valueText } from '../runs/form';
import type { IPanelActions, Trans } from './actions';

export interface IParameterListProps {
  readonly parameters: ReadonlyArray<Parameter>;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** The parameters of the notebook; a row leads to its line. */
export function ParameterList(props: IParameterListProps): React.JSX.Element {
  const { parameters, trans, actions } = props;
  if (parameters.length === 0) {
    return (
      <p className="jp-mlcode-hint">
        {trans.__(
          'No parameters. Give a cell with lines like threshold = 0.5 the tag parameters.'
        )}
      </p>
    );
  }
  return (
    <ul className="jp-mlcode-Parameters" aria-label={trans.__('Parameters')}>
      {parameters.map(parameter => (
        <li key={parameter.name}>
          <button
            title={trans.__('Go to line %1 of its cell', parameter.line)}
            onClick={() => actions.reveal(parameter.cell_id, parameter.line)}
          >
            <code className="jp-mlcode-Parameters-name">{parameter.name}</code>
            <span className="jp-mlcode-Parameters-type">{parameter.type}</span>
            <code className="jp-mlcode-Parameters-value">
              {valueText(parameter.default, parameter.type)}
            </code>
            {parameter.help === '' ? null : (
              <span className="jp-mlcode-Parameters-help">
                {parameter.help}
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
