import * as React from 'react';

export interface ISectionProps {
  readonly title: string;
  readonly count: number;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: React.ReactNode;
}

/** A part of the panel that folds away under its heading. */
export function Section(props: ISectionProps): React.JSX.Element {
  const { title, count, open, onToggle, children } = props;
  const id = React.useId();
  return (
    <section className="jp-mlcode-Section">
      <h3 className="jp-mlcode-Section-heading">
        <button aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <span className="jp-mlcode-Section-arrow" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          {title}
          <span className="jp-mlcode-Section-count">{count}</span>
        </button>
      </h3>
      <div id={id} hidden={!open} className="jp-mlcode-Section-body">
        {open ? children : null}
      </div>
    </section>
  );
}
