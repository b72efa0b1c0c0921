import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SuggestReply } from '../api/messages';
import type { NotebookTags } from '../model/notebookTags';
import type { SuggestionState } from '../model/suggestionPreview';
import { openSuggestions } from '../stages/suggestion';
import { setTags } from '../stages/tagEdits';
import { SuggestionBar } from './suggestionBar';

/** Asks for a tagging of a notebook, shows it, and writes it when it is accepted. */
export class Suggester {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _request: () => Promise<SuggestReply | null>
  ) {}

  /** Ask for a suggestion and show it. */
  async ask(panel: NotebookPanel, tags: NotebookTags): Promise<void> {
    const { preview } = tags;
    const { kind } = preview.state;
    if (kind === 'asking' || kind === 'shown') {
      return;
    }
    if (kind === 'none') {
      const bar = new SuggestionBar({
        tags,
        trans: this._trans,
        onAccept: () => this.accept(panel, tags),
        onDiscard: () => this.discard(panel, tags)
      });
      panel.contentHeader.addWidget(bar);
    }
    preview.state = { kind: 'asking' };
    const state = await this._answer(tags);
    // It may have been closed meanwhile.
    if (preview.state.kind === 'asking') {
      preview.state = state;
    }
  }

  /** Write the tags that are suggested, in one step. */
  accept(panel: NotebookPanel, tags: NotebookTags): void {
    const { editor, preview } = tags;
    const open = openSuggestions(preview.suggestions ?? [], editor.cells);
    const wanted = new Map(open.map(({ cell_id, tag }) => [cell_id, tag]));
    preview.state = { kind: 'none' };
    editor.apply(
      this._trans.__('Accepted the suggested stages'),
      setTags(editor.cells, wanted)
    );
    panel.content.activate();
  }

  /** Take the suggestion away. */
  discard(panel: NotebookPanel, { preview }: NotebookTags): void {
    preview.state = { kind: 'none' };
    panel.content.activate();
  }

  private async _answer(tags: NotebookTags): Promise<SuggestionState> {
    const trans = this._trans;
    try {
      const reply = await this._request();
      if (reply !== null && 'message' in reply) {
        const message = [reply.message, reply.hint].filter(Boolean).join(' – ');
        return { kind: 'failed', message };
      }
      const suggestions = openSuggestions(
        reply !== null && 'suggestions' in reply ? reply.suggestions : [],
        tags.editor.cells
      );
      return suggestions.length > 0
        ? { kind: 'shown', suggestions }
        : {
            kind: 'failed',
            message: trans.__('There is nothing to suggest for this notebook.')
          };
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      return {
        kind: 'failed',
        message: trans.__('No suggestion: %1', cause)
      };
    }
  }
}
