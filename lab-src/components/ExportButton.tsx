import * as React from 'react';

import type { IPanelActions, Trans } from './actions';

export interface IExportButtonProps {
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** Exports; while it does, it says so, to those who do not see it too. */
export function ExportButton(props: IExportButtonProps): React.JSX.Element {
  const { trans, actions } = props;
  const busy = actions.isExporting();
  return (
    <>
      <span className="jp-mlcode-said" role="status">
        {busy ? trans.__('Exporting…') : ''}
      </span>
      {/* Not disabled: that would take the focus away from who pressed it. */}
      <button
        aria-disabled={busy}
        onClick={() => {
          if (!busy) {
            actions.exportPipeline();
          }
        }}
      >
        {busy ? trans.__('Exporting…') : trans.__('Export')}
      </button>
    </>
  );
}
