import { NotebookActions } from '@jupyterlab/notebook';
import { redoIcon, undoIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { TagCommands } from '../commands';
import { tagCellIcon } from '../icons';
import { stepStage } from '../stages/stageSteps';
import { readRole, readStage, stageTag } from '../stages/stageTags';
import { setTag } from '../stages/tagEdits';
import type { FrontTags } from '../widgets/frontTags';
import { CELLS, STAGE, idsOf } from './commandArgs';

/** Adds the commands that tag the selected cells. */
export class CellCommands {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _front: FrontTags,
    private readonly _trans: TranslationBundle,
    /** The node of the cell at which the context menu was opened last. */
    private readonly _clicked: () => HTMLElement | undefined
  ) {}

  add(): void {
    this._addSetStage();
    this._addMarks();
    this._addSteps();
    this._addUndo();
  }

  private _addSetStage(): void {
    const trans = this._trans;
    this._commands.addCommand(TagCommands.setStage, {
      label: args =>
        args.stage === undefined
          ? trans.__('Set Stage…')
          : trans.__('Set Stage %1', String(args.stage)),
      caption: trans.__('Set the pipeline stage of the selected cells'),
      icon: tagCellIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { stage: STAGE(trans), ...CELLS(trans) }
        }
      },
      isEnabled: args => this._hasCells(args.cellIds),
      execute: async args => {
        this._select(args.clicked);
        if (args.stage !== undefined) {
          this._tag(idsOf(args.cellIds), stageTag(String(args.stage)));
        } else {
          await this._ask();
        }
      }
    });
  }

  private _addMarks(): void {
    const trans = this._trans;
    const marks: [string, string | null, string][] = [
      [
        TagCommands.markParameters,
        'parameters',
        trans.__('Mark as Parameters')
      ],
      [TagCommands.markSetup, 'setup', trans.__('Mark as Setup')],
      [TagCommands.markSkip, 'skip', trans.__('Skip in Pipeline')],
      [TagCommands.clear, null, trans.__('Clear Pipeline Tag')]
    ];
    for (const [id, tag, label] of marks) {
      this._commands.addCommand(id, {
        label,
        describedBy: {
          args: { type: 'object', properties: CELLS(trans) }
        },
        isEnabled: args => this._hasCells(args.cellIds),
        execute: args => {
          this._select(args.clicked);
          this._tag(idsOf(args.cellIds), tag);
        }
      });
    }
  }

  private _addSteps(): void {
    const trans = this._trans;
    const steps: [string, 1 | -1, string][] = [
      [TagCommands.nextStage, 1, trans.__('Next Stage')],
      [TagCommands.previousStage, -1, trans.__('Previous Stage')]
    ];
    for (const [id, direction, label] of steps) {
      this._commands.addCommand(id, {
        label,
        caption: trans.__('Select the cell where a stage begins'),
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => this._front.tags !== null,
        execute: () => this._step(direction)
      });
    }
  }

  private _addUndo(): void {
    const trans = this._trans;
    const history = (): { undo: string; redo: string } => {
      const found = this._front.tags?.editor.history;
      return {
        undo: found?.undoable?.label ?? '',
        redo: found?.redoable?.label ?? ''
      };
    };
    this._commands.addCommand(TagCommands.undo, {
      label: trans.__('Undo Tag Change'),
      caption: () => history().undo,
      icon: undoIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => history().undo !== '',
      execute: () => void this._front.tags?.editor.undo()
    });
    this._commands.addCommand(TagCommands.redo, {
      label: trans.__('Redo Tag Change'),
      caption: () => history().redo,
      icon: redoIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => history().redo !== '',
      execute: () => void this._front.tags?.editor.redo()
    });
  }

  private _select(clicked: unknown): void {
    const node = clicked === true ? this._clicked() : undefined;
    if (node !== undefined) {
      this._front.select(node);
    }
  }

  private _hasCells(cellIds: unknown): boolean {
    return (idsOf(cellIds) ?? this._front.selectedIds).length > 0;
  }

  private _tag(cellIds: string[] | null, tag: string | null): void {
    const ids = new Set(cellIds ?? this._front.selectedIds);
    const cells = this._front.tags?.editor.cells ?? [];
    const changes = setTag(cells, ids, tag);
    this._front.edit(this._labelOf(tag, changes.length), changes);
  }

  private _labelOf(tag: string | null, count: number): string {
    const trans = this._trans;
    const tags = tag === null ? [] : [tag];
    switch (readRole(tags)) {
      case null:
        return trans._n('Cleared %1 cell', 'Cleared %1 cells', count);
      case 'skip':
        return trans._n('Skipped %1 cell', 'Skipped %1 cells', count);
      case 'stage':
        return trans._n(
          'Put %1 cell into %2',
          'Put %1 cells into %2',
          count,
          readStage(tags) ?? ''
        );
      default:
        return trans._n(
          'Marked %1 cell as %2',
          'Marked %1 cells as %2',
          count,
          tag ?? ''
        );
    }
  }

  private async _step(direction: 1 | -1): Promise<void> {
    const { notebook, tags } = this._front;
    const cells = tags?.editor.cells ?? [];
    const index = stepStage(cells, notebook?.activeCellIndex ?? -1, direction);
    if (notebook !== null && index !== null) {
      notebook.deselectAll();
      notebook.activeCellIndex = index;
      await notebook.scrollToItem(index, 'smart');
      // Keys go to the cell with the focus, and the next step should start from this one.
      await NotebookActions.focusActiveCell(notebook, { preventScroll: true });
    }
  }

  private async _ask(): Promise<void> {
    const { notebook, tags } = this._front;
    if (notebook !== null && tags !== null) {
      const { StageTagger } = await import('../widgets/stageTagger');
      const tagger = new StageTagger(
        notebook,
        tags.editor,
        this._trans,
        (ids, tag) => this._tag([...ids], tag)
      );
      await tagger.ask();
    }
  }
}
