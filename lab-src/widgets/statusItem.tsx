import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';

import { statusText } from '../stages/statusText';
import type { IPipelineModel } from '../tokens';

/** The status bar's word on the pipeline; a click leads to the panel. */
export class StatusItem extends VDomRenderer<IPipelineModel> {
  constructor(
    model: IPipelineModel,
    private readonly _trans: TranslationBundle,
    private readonly _onClick: () => void
  ) {
    super(model);
    this.addClass('jp-mlcode-StatusItem');
    model.lagged.connect(this._showStale, this);
  }

  protected render(): React.JSX.Element {
    this._showStale();
    const { stages, analysis } = this.model;
    const text = statusText(
      stages.length,
      analysis?.problems ?? [],
      this._trans
    );
    return (
      <button
        title={this._trans.__('Show the pipeline')}
        onClick={this._onClick}
      >
        {text}
      </button>
    );
  }

  /** By a class, as in the panel: somebody is typing. */
  private _showStale(): void {
    this.toggleClass('jp-mod-stale', this.model.stale);
  }
}
