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
  }

  protected render(): React.JSX.Element {
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
}
