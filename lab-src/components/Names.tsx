import * as React from 'react';

import { shorten } from '../flow/rows';

export interface INamesProps {
  readonly names: ReadonlyArray<string>;
  readonly most: number;
}

/** Names of variables, the first few and how many more. */
export function Names({ names, most }: INamesProps): React.JSX.Element {
  const { shown, more } = shorten(names, most);
  return (
    <span className="jp-mlcode-Names" title={names.join(', ')}>
      {shown.map((name, index) => (
        <React.Fragment key={name}>
          {index > 0 ? ', ' : ''}
          <code>{name}</code>
        </React.Fragment>
      ))}
      {more > 0 ? ` +${more}` : ''}
    </span>
  );
}
