import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebookTags, NotebookTagsRegistry } from '../model/notebookTags';
import { dependantsOf, stagesWithin } from '../stages/dependants';
import type { IDataEdge, IDependant } from '../stages/dependants';
import { listStages } from '../stages/stageList';
import { readStage, readTags } from '../stages/stageTags';
import type { ITagChange } from '../stages/tagEdits';
import type { ITagEdit } from '../stages/tagHistory';

export interface IFrontTagsOptions {
  readonly tracker: INotebookTracker;
  readonly registry: NotebookTagsRegistry;
  readonly trans: TranslationBundle;
  /** The edges that the analysis found in a notebook, by its model. */
  readonly edges: (notebook: object) => ReadonlyArray<IDataEdge>;
}

/** The notebook in front and what its commands edit. */
export class FrontTags {
  constructor(private readonly _options: IFrontTagsOptions) {}

  /** The notebook in front; null when there is none. */
  get notebook(): Notebook | null {
    return this._options.tracker.currentWidget?.content ?? null;
  }

  /** The tags of the notebook in front; null while there is none. */
  get tags(): NotebookTags | null {
    const model = this.notebook?.model ?? null;
    return model && this._options.registry.of(model);
  }

  /** The ids of the code cells that are selected. */
  get selectedIds(): string[] {
    const notebook = this.notebook;
    return (notebook?.widgets ?? [])
      .filter(cell => notebook?.isSelectedOrActive(cell))
      .filter(cell => cell.model.type === 'code')
      .map(cell => cell.model.id);
  }

  /** Select the cell with this node, unless it is among those that are selected. */
  select(node: HTMLElement): void {
    const notebook = this.notebook;
    const cells = notebook?.widgets ?? [];
    const index = cells.findIndex(cell => cell.node === node);
    if (notebook && index >= 0 && !notebook.isSelectedOrActive(cells[index])) {
      notebook.deselectAll();
      notebook.activeCellIndex = index;
    }
  }

  /** Make the changes in one step and say what other stages miss now. */
  edit(
    label: string,
    changes: ReadonlyArray<ITagChange>,
    renamed?: ReadonlyMap<string, string>
  ): ITagEdit | null {
    const { tags } = this;
    if (tags === null) {
      return null;
    }
    const dependants = this._dependants(changes);
    const edit = tags.editor.apply(label, changes, renamed);
    if (edit !== null && dependants.length > 0) {
      this._tell(edit, dependants, tags);
    }
    return edit;
  }

  // Only cells that leave a stage for none can leave others without their inputs.
  private _dependants(changes: ReadonlyArray<ITagChange>): IDependant[] {
    const { notebook, tags } = this;
    const leaving = new Set(
      changes
        .filter(
          ({ before, after }) =>
            readStage(readTags(before)) !== null &&
            readStage(readTags(after)) === null
        )
        .map(change => change.cellId)
    );
    if (leaving.size === 0 || !notebook?.model || tags === null) {
      return [];
    }
    const stages = listStages(tags.editor.cells);
    const edges = this._options.edges(notebook.model);
    return dependantsOf(edges, leaving, stagesWithin(stages, leaving));
  }

  private _tell(
    edit: ITagEdit,
    dependants: ReadonlyArray<IDependant>,
    { editor }: NotebookTags
  ): void {
    const { trans } = this._options;
    const lines = dependants.map(({ stage, names }) =>
      trans.__('%1 needs %2 from there.', stage, names.join(', '))
    );
    Notification.warning([`${edit.label}.`, ...lines].join(' '), {
      autoClose: 10000,
      actions: [
        { label: trans.__('Undo'), callback: () => void editor.undo(edit) }
      ]
    });
  }
}
