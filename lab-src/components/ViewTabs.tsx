import * as React from 'react';

import type { IViewState } from '../model/panelModel';
import type { Trans } from './actions';

type View = IViewState['view'];

export interface IViewTabsProps {
  readonly view: View;
  readonly trans: Trans;
  readonly onView: (view: View) => void;
}

/** List or graph: arrows go from one tab to the other. */
export function ViewTabs(props: IViewTabsProps): React.JSX.Element {
  const { view, trans, onView } = props;
  const views: [View, string][] = [
    ['list', trans.__('List')],
    ['graph', trans.__('Graph')]
  ];
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const other = view === 'list' ? 'graph' : 'list';
      onView(other);
      event.currentTarget
        .querySelector<HTMLElement>(`#jp-mlcode-tab-${other}`)
        ?.focus();
    }
  };
  return (
    <div
      className="jp-mlcode-Tabs"
      role="tablist"
      aria-label={trans.__('View of the stages')}
      onKeyDown={onKeyDown}
    >
      {views.map(([name, label]) => (
        <button
          key={name}
          id={`jp-mlcode-tab-${name}`}
          role="tab"
          aria-selected={view === name}
          aria-controls="jp-mlcode-view"
          tabIndex={view === name ? 0 : -1}
          onClick={() => onView(name)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
