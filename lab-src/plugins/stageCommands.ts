import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { TagCommands } from '../commands';
import { PALETTE_SIZE } from '../stages/stageColors';
import { nameStage } from '../stages/stageNames';
import type { ITaggedCell } from '../stages/stageList';
import { clearStage, mergeStages, setTag } from '../stages/tagEdits';
import type { FrontTags } from '../widgets/frontTags';
import { STAGE } from './commandArgs';

/** Adds the commands that edit whole stages, for the panel. */
export class StageCommands {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _front: FrontTags,
    private readonly _trans: TranslationBundle
  ) {}

  add(): void {
    this._addRename();
    this._addMerge();
    this._addClear();
    this._addRecolor();
    this._addFix();
  }

  private _addRename(): void {
    const trans = this._trans;
    this._add(
      TagCommands.renameStage,
      trans.__('Rename Stage'),
      { stage: STAGE(trans), name: STAGE(trans) },
      ({ stage, name }) => {
        const others = this._stages.filter(other => other !== stage);
        const named = nameStage(String(name), others);
        if (named.kind === 'new') {
          this._front.edit(
            trans.__('Renamed %1 to %2', stage, named.name),
            mergeStages(this._cells, [stage], named.name),
            new Map([[named.name, stage]])
          );
        }
      }
    );
  }

  private _addMerge(): void {
    const trans = this._trans;
    const stages = { type: 'array', items: STAGE(trans) };
    this._add(
      TagCommands.mergeStages,
      trans.__('Merge Stages'),
      { stages, into: STAGE(trans) },
      ({ stages, into }) => {
        const names = Array.isArray(stages) ? stages.map(String) : [];
        this._front.edit(
          trans.__('Merged %1 into %2', names.join(', '), String(into)),
          mergeStages(this._cells, names, String(into))
        );
      }
    );
  }

  private _addClear(): void {
    const trans = this._trans;
    this._add(
      TagCommands.clearStage,
      trans.__('Clear Stage'),
      { stage: STAGE(trans) },
      ({ stage }) => {
        this._front.edit(
          trans.__('Cleared the stage %1', stage),
          clearStage(this._cells, stage)
        );
      }
    );
  }

  private _addRecolor(): void {
    const trans = this._trans;
    const color = { type: 'integer', minimum: 0, maximum: PALETTE_SIZE - 1 };
    this._add(
      TagCommands.recolorStage,
      trans.__('Recolor Stage'),
      { stage: STAGE(trans), color },
      ({ stage, color }) => {
        const label = trans.__('Changed the color of %1', stage);
        this._front.tags?.editor.recolor(label, stage, Number(color));
      }
    );
  }

  private _addFix(): void {
    const trans = this._trans;
    const text = { type: 'string' };
    this._add(
      TagCommands.applyFix,
      trans.__('Apply Fix'),
      { cellId: text, tag: text },
      ({ cellId, tag }) => {
        const ids = new Set([String(cellId)]);
        const changes = setTag(this._cells, ids, String(tag) || null);
        this._front.edit(trans.__('Applied a fix'), changes);
      }
    );
  }

  private _add(
    id: string,
    label: string,
    properties: ReadonlyJSONObject,
    execute: (args: { readonly [key: string]: unknown; stage: string }) => void
  ): void {
    this._commands.addCommand(id, {
      label,
      describedBy: { args: { type: 'object', properties } },
      isEnabled: () => this._front.tags !== null,
      execute: args => execute({ ...args, stage: String(args.stage) })
    });
  }

  private get _cells(): ITaggedCell[] {
    return this._front.tags?.editor.cells ?? [];
  }

  private get _stages(): string[] {
    return this._front.tags?.editor.stages ?? [];
  }
}
