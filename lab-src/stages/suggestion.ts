import type { ISuggestedTag } from './cellMarks';
import type { ITaggedCell } from './stageList';
import { readOurTag, readRole, readStage, readTags } from './stageTags';

/** How many stages and cells of other kinds are suggested. */
export interface ISuggestionCounts {
  readonly stages: number;
  readonly setup: number;
  readonly parameters: number;
  readonly skip: number;
}

/** The suggestions that still change something: their cells are code and have another tag or none. */
export function openSuggestions<T extends ISuggestedTag>(
  suggestions: ReadonlyArray<T>,
  cells: Iterable<ITaggedCell>
): T[] {
  const tags = new Map(
    Array.from(cells)
      .filter(cell => cell.type === 'code')
      .map(cell => [cell.id, readOurTag(readTags(cell.tags))])
  );
  return suggestions.filter(
    ({ cell_id, tag }) => tags.has(cell_id) && tags.get(cell_id) !== tag
  );
}

/** What the suggestions come to. */
export function countSuggestions(
  suggestions: ReadonlyArray<ISuggestedTag>
): ISuggestionCounts {
  const roles = suggestions.map(({ tag }) => readRole([tag]));
  const count = (role: string): number =>
    roles.filter(found => found === role).length;
  const stages = new Set(suggestions.map(({ tag }) => readStage([tag])));
  stages.delete(null);
  return {
    stages: stages.size,
    setup: count('setup'),
    parameters: count('parameters'),
    skip: count('skip')
  };
}
