import * as React from 'react';

export interface INoticeProps {
  readonly text: string;
  readonly hint: string;
  readonly children?: React.ReactNode;
}

/** One sentence about what does not work, and what to do. */
export function Notice(props: INoticeProps): React.JSX.Element {
  return (
    <div className="jp-mlcode-Notice" role="status">
      <p>
        <span aria-hidden="true">⚠ </span>
        {props.text}
      </p>
      {props.hint === '' ? null : (
        <p className="jp-mlcode-Notice-hint">{props.hint}</p>
      )}
      {props.children}
    </div>
  );
}
