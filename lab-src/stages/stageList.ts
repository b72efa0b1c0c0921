import { isStageName, readStage, readTags } from './stageTags';

/** The part of a cell that decides its stage. */
export interface ITaggedCell {
  readonly id: string;
  readonly type: string;
  readonly tags: unknown;
}

/** One stage of a notebook, as its cells' tags describe it. */
export interface IStage {
  readonly name: string;
  /** Whether the name follows the rule for stage names. */
  readonly valid: boolean;
  /** The cells of the stage in notebook order; never empty. */
  readonly cellIds: ReadonlyArray<string>;
}

/** The stages in the order in which their first cells stand in the notebook. */
export function listStages(cells: Iterable<ITaggedCell>): IStage[] {
  const cellIds = new Map<string, string[]>();
  for (const cell of cells) {
    const name = cell.type === 'code' ? readStage(readTags(cell.tags)) : null;
    if (name === null) {
      continue;
    }
    const ids = cellIds.get(name);
    if (ids) {
      ids.push(cell.id);
    } else {
      cellIds.set(name, [cell.id]);
    }
  }
  return Array.from(cellIds, ([name, ids]) => ({
    name,
    valid: isStageName(name),
    cellIds: ids
  }));
}
