import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { TagEditor } from '../model/tagEditor';
import { assignColors } from '../stages/stageColors';
import { nextCodeCell } from '../stages/stageSteps';
import { readStage, readTags, stageTag } from '../stages/stageTags';
import { StagePopover } from './stagePopover';

/** Goes through the cells of a notebook and asks for their stages. */
export class StageTagger {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _editor: TagEditor,
    private readonly _trans: TranslationBundle,
    private readonly _tag: (ids: ReadonlyArray<string>, tag: string) => void
  ) {
    this._popover = new StagePopover({
      trans: _trans,
      onApply: stage => {
        this._tag(this._cellIds, stageTag(stage));
        void this._goOn();
      },
      onNext: () => void this._goOn(),
      onClose: back => this.close(back)
    });
    _notebook.disposed.connect(this._onDisposed, this);
  }

  /** Ask for the stage of the selected code cells. */
  async ask(): Promise<void> {
    const { widgets } = this._notebook;
    const selected = widgets
      .map((cell, index) => ({ cell, index }))
      .filter(
        ({ cell }) =>
          cell.model.type === 'code' && this._notebook.isSelectedOrActive(cell)
      );
    const last = selected.at(-1);
    if (last === undefined) {
      this.close(true);
      return;
    }
    this._cellIds = selected.map(({ cell }) => cell.model.id);
    this._last = last.index;
    const anchor = selected.find(
      ({ cell }) => cell === this._notebook.activeCell
    );
    this._notebook.mode = 'command';
    await this._notebook.scrollToItem((anchor ?? last).index, 'smart');
    this._popover.ask({
      anchor: (anchor ?? last).cell.node,
      stages: Array.from(
        assignColors(this._editor.stages, this._editor.keptColors),
        ([name, color]) => ({ name, color })
      ),
      target: this._describe(last.index),
      current: readStage(readTags(last.cell.model.getMetadata('tags'))) ?? ''
    });
  }

  /** Close, and where asked for give the focus back to the notebook. */
  close(back: boolean): void {
    this._notebook.disposed.disconnect(this._onDisposed, this);
    this._popover.dispose();
    if (back && !this._notebook.isDisposed) {
      this._notebook.activate();
    }
  }

  private _onDisposed(): void {
    this.close(false);
  }

  private async _goOn(): Promise<void> {
    const cells = this._notebook.widgets.map(cell => cell.model);
    const next = nextCodeCell(cells, this._last);
    this._notebook.deselectAll();
    this._notebook.activeCellIndex = next ?? this._last;
    if (next === null) {
      this.close(true);
    } else {
      await this.ask();
    }
  }

  private _describe(last: number): string {
    return this._cellIds.length === 1
      ? this._trans.__('Cell %1', last + 1)
      : this._trans._n('%1 cell', '%1 cells', this._cellIds.length);
  }

  private readonly _popover: StagePopover;
  private _cellIds: string[] = [];
  private _last = -1;
}
