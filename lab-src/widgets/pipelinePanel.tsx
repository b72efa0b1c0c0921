import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';

import { StageList } from '../components/StageList';
import { pipelineIcon } from '../icons';
import type { IPipelineModel } from '../tokens';

export interface IPipelinePanelOptions {
  readonly model: IPipelineModel;
  readonly trans: TranslationBundle;
  /** Called with the cell that the user wants to see. */
  readonly onReveal: (cellId: string) => void;
}

/** The side bar's view of the pipeline. */
export class PipelinePanel extends VDomRenderer<IPipelineModel> {
  constructor(options: IPipelinePanelOptions) {
    super(options.model);
    this._trans = options.trans;
    this._onReveal = options.onReveal;
    this.id = 'jp-mlcode-pipeline-panel';
    this.addClass('jp-mlcode-PipelinePanel');
    this.title.icon = pipelineIcon;
    this.title.caption = this._trans.__('Pipeline');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this._trans.__('Pipeline'));
  }

  protected render(): React.JSX.Element {
    return (
      <>
        <h2 className="jp-mlcode-PipelinePanel-title">
          {this._trans.__('Pipeline')}
        </h2>
        {this._renderBody()}
      </>
    );
  }

  private _renderBody(): React.JSX.Element {
    const { hasNotebook, stages } = this.model;
    if (stages.length > 0) {
      return (
        <StageList
          stages={stages}
          trans={this._trans}
          onReveal={this._onReveal}
        />
      );
    }
    return (
      <p className="jp-mlcode-PipelinePanel-hint">
        {hasNotebook
          ? this._trans.__(
              'No stage yet. Give a code cell the tag stage:load to begin one named load.'
            )
          : this._trans.__('Open a notebook to see its stages.')}
      </p>
    );
  }

  private readonly _trans: TranslationBundle;
  private readonly _onReveal: (cellId: string) => void;
}
