import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { SuggestionStrip } from '../components/SuggestionStrip';
import type { NotebookTags } from '../model/notebookTags';
import { countSuggestions } from '../stages/suggestion';

export interface ISuggestionBarOptions {
  readonly tags: NotebookTags;
  readonly trans: TranslationBundle;
  readonly onAccept: () => void;
  readonly onDiscard: () => void;
}

/** Stands above a notebook as long as a suggestion is shown there. */
export class SuggestionBar extends ReactWidget {
  constructor(private readonly _options: ISuggestionBarOptions) {
    super();
    this.addClass('jp-mlcode-SuggestionBar');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _options.trans.__('Suggested stages'));
    _options.tags.preview.changed.connect(this._onChanged, this);
  }

  override dispose(): void {
    this._options.tags.preview.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { tags, trans, onAccept, onDiscard } = this._options;
    const { state } = tags.preview;
    return (
      <SuggestionStrip
        counts={
          state.kind === 'shown' ? countSuggestions(state.suggestions) : null
        }
        message={state.kind === 'failed' ? state.message : ''}
        trans={trans}
        onAccept={onAccept}
        onDiscard={onDiscard}
      />
    );
  }

  private _onChanged(): void {
    if (this._options.tags.preview.state.kind === 'none') {
      this.dispose();
    } else {
      this.update();
    }
  }
}
