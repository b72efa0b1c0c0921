import type { ITaggedCell } from './stageList';
import { readStage, readTags } from './stageTags';

/**
 * The cell at which the next (or previous) run of cells of one stage begins.
 *
 * From inside a run, the previous one is the run's own beginning. Cells without a stage
 * do not end a run. Null when there is no further stage that way.
 */
export function stepStage(
  cells: ReadonlyArray<ITaggedCell>,
  from: number,
  direction: 1 | -1
): number | null {
  const starts = runStarts(cells);
  const found =
    direction === 1
      ? starts.find(start => start > from)
      : starts.filter(start => start < from).at(-1);
  return found ?? null;
}

/** The index of the first code cell after this one; null at the end. */
export function nextCodeCell(
  cells: ReadonlyArray<{ readonly type: string }>,
  from: number
): number | null {
  const found = cells.findIndex(
    (cell, index) => index > from && cell.type === 'code'
  );
  return found < 0 ? null : found;
}

function runStarts(cells: ReadonlyArray<ITaggedCell>): number[] {
  const starts: number[] = [];
  let current: string | null = null;
  cells.forEach((cell, index) => {
    const stage = cell.type === 'code' ? readStage(readTags(cell.tags)) : null;
    if (stage !== null && stage !== current) {
      starts.push(index);
      current = stage;
    }
  });
  return starts;
}
