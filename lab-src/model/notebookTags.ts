import { CellWatcher } from './cellWatcher';
import type { IWatchedNotebook } from './cellWatcher';
import { SuggestionPreview } from './suggestionPreview';
import { TagEditor } from './tagEditor';
import type { IEditableNotebook } from './tagEditor';

/** What is needed to tag the cells of one notebook. */
export class NotebookTags {
  constructor(notebook: IEditableNotebook & IWatchedNotebook) {
    this.editor = new TagEditor(notebook);
    this.watcher = new CellWatcher(notebook);
    this.preview = new SuggestionPreview();
    this.watcher.textChanged.connect(() => this.editor.otherEdit());
  }

  readonly editor: TagEditor;
  readonly watcher: CellWatcher;
  readonly preview: SuggestionPreview;
}

/** One `NotebookTags` for each notebook, for as long as the notebook lives. */
export class NotebookTagsRegistry {
  /** The tags of a notebook, by its model. */
  of(notebook: IEditableNotebook & IWatchedNotebook): NotebookTags {
    let tags = this._tags.get(notebook);
    if (tags === undefined) {
      tags = new NotebookTags(notebook);
      this._tags.set(notebook, tags);
    }
    return tags;
  }

  private readonly _tags = new WeakMap<object, NotebookTags>();
}
