import { assignColors } from './stageColors';
import type { ITaggedCell } from './stageList';
import { listStages } from './stageList';
import { isStageName, readRole, readStage, readTags } from './stageTags';

/** What a cell is to the pipeline: because of its tag, or (the last three) without one. */
export type MarkKind =
  | 'stage'
  | 'setup'
  | 'parameters'
  | 'skip'
  | 'counts_as_setup'
  | 'left_out'
  | 'needed';

/** What is shown at a cell. */
export interface ICellMark {
  readonly kind: MarkKind;
  /** The name of the stage, empty for other kinds. */
  readonly stage: string;
  /** Whether the stage's name follows the rule. */
  readonly valid: boolean;
  /** The place of the stage's color in the palette. */
  readonly color: number | null;
  /** Why, in the words of the analysis or of the suggestion. */
  readonly reason: string;
  /** Whether it is only suggested. */
  readonly ghost: boolean;
}

/** What the analysis says about a cell: `CellMark` of the server's schema is one. */
export interface IAnalysedCell {
  readonly role: string;
  readonly reason: string;
}

/** A tag that is suggested for a cell. */
export interface ISuggestedTag {
  readonly cell_id: string;
  readonly tag: string;
  readonly reason: string;
}

export interface IMarkSources {
  readonly cells: ReadonlyArray<ITaggedCell>;
  readonly keptColors: ReadonlyMap<string, number>;
  readonly analysed: Readonly<Record<string, IAnalysedCell>> | null;
  readonly suggested: ReadonlyArray<ISuggestedTag> | null;
  /** Whether untagged cells are explained. */
  readonly explain: boolean;
}

const QUIET: ReadonlyArray<MarkKind> = [
  'counts_as_setup',
  'left_out',
  'needed'
];

/** The marks of the code cells that have one, by the cells' ids. */
export function markCells(sources: IMarkSources): Map<string, ICellMark> {
  const suggested = new Map(
    sources.suggested?.map(suggestion => [suggestion.cell_id, suggestion])
  );
  const shown = sources.cells.map(cell => {
    const tag = suggested.get(cell.id)?.tag;
    return tag === undefined ? cell : { ...cell, tags: [tag] };
  });
  const names = listStages(shown).map(stage => stage.name);
  const colors = assignColors(names, sources.keptColors);
  // Without stages there is no pipeline that a cell could be left out of.
  const explained =
    sources.explain && sources.suggested === null && names.length > 0
      ? sources.analysed
      : null;
  const marks = new Map<string, ICellMark>();
  for (const cell of shown) {
    const reason = suggested.get(cell.id)?.reason;
    const mark =
      markTagged(cell, colors, reason) ?? markUntagged(cell, explained);
    if (mark !== null && cell.type === 'code') {
      marks.set(cell.id, mark);
    }
  }
  return marks;
}

function markTagged(
  cell: ITaggedCell,
  colors: ReadonlyMap<string, number>,
  suggestedBecause: string | undefined
): ICellMark | null {
  const tags = readTags(cell.tags);
  const kind = readRole(tags);
  if (kind === null) {
    return null;
  }
  const stage = readStage(tags) ?? '';
  return {
    kind,
    stage,
    valid: kind !== 'stage' || isStageName(stage),
    color: kind === 'stage' ? (colors.get(stage) ?? null) : null,
    reason: suggestedBecause ?? '',
    ghost: suggestedBecause !== undefined
  };
}

function markUntagged(
  cell: ITaggedCell,
  analysed: Readonly<Record<string, IAnalysedCell>> | null
): ICellMark | null {
  const found =
    analysed !== null && Object.hasOwn(analysed, cell.id)
      ? analysed[cell.id]
      : null;
  const kind = QUIET.find(quiet => quiet === found?.role);
  return found === null || kind === undefined
    ? null
    : {
        kind,
        stage: '',
        valid: true,
        color: null,
        reason: found.reason,
        ghost: false
      };
}
