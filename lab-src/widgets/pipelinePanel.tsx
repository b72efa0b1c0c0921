import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { IPanelActions } from '../components/actions';
import { ExportButton } from '../components/ExportButton';
import { PipelineView } from '../components/PipelineView';
import { pipelineIcon } from '../icons';
import type { PanelModel } from '../model/panelModel';

export interface IPipelinePanelOptions {
  readonly model: PanelModel;
  readonly trans: TranslationBundle;
  readonly actions: IPanelActions;
  /** The number in the palette of each stage, as it is now. */
  readonly colors: () => ReadonlyMap<string, number>;
}

/** The side bar's view of the pipeline. */
export class PipelinePanel extends VDomRenderer<PanelModel> {
  constructor(private readonly _options: IPipelinePanelOptions) {
    super(_options.model);
    const { trans } = _options;
    this.id = 'jp-mlcode-pipeline-panel';
    this.addClass('jp-mlcode-PipelinePanel');
    this.title.icon = pipelineIcon;
    this.title.caption = trans.__('Pipeline');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Pipeline'));
    _options.model.pipeline.lagged.connect(this._showStale, this);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onUpdateRequest(message: Message): void {
    this._showStale();
    // A panel that nobody sees is drawn when it is shown.
    if (this.isVisible || this._fresh) {
      this._fresh = false;
      super.onUpdateRequest(message);
    }
  }

  protected render(): React.JSX.Element {
    const { trans, actions, colors } = this._options;
    return (
      <>
        <div className="jp-mlcode-PipelinePanel-header">
          <h2 className="jp-mlcode-PipelinePanel-title">
            {trans.__('Pipeline')}
          </h2>
          <span className="jp-mlcode-PipelinePanel-stale" role="status">
            {trans.__('analysing…')}
          </span>
          {this._options.model.pipeline.stages.length > 0 ? (
            <ExportButton trans={trans} actions={actions} />
          ) : null}
        </div>
        <PipelineView
          model={this._options.model}
          colors={colors()}
          trans={trans}
          actions={actions}
        />
      </>
    );
  }

  /** By an attribute: somebody is typing, and drawing the panel would take too long. */
  private _showStale(): void {
    const { stale, hasNotebook, failure } = this._options.model.pipeline;
    this.toggleClass('jp-mod-stale', stale && hasNotebook && failure === null);
  }

  private _fresh = true;
}
