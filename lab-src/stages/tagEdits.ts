/**
 * Edits of tags, as the changes they mean for each cell.
 *
 * A change holds the whole `tags` value before and after, so that undoing it gives the file
 * back byte for byte; `undefined` means that the cell has no `tags`.
 */
import { JSONExt } from '@lumino/coreutils';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { ITaggedCell } from './stageList';
import {
  readOurTag,
  readStage,
  readTags,
  stageTag,
  writeOurTag
} from './stageTags';

/** A value of the metadata; undefined where there is none. */
export type MetadataValue = ReadonlyPartialJSONValue | undefined;

/** What an edit does to one cell's `tags`. */
export interface ITagChange {
  readonly cellId: string;
  readonly before: MetadataValue;
  readonly after: MetadataValue;
}

/** Give the code cells with these ids this tag instead of the one of ours that they have. */
export function setTag(
  cells: Iterable<ITaggedCell>,
  ids: ReadonlySet<string>,
  tag: string | null
): ITagChange[] {
  return changes(cells, cell =>
    ids.has(cell.id) && readOurTag(list(cell.tags)) !== tag
      ? writeOurTag(list(cell.tags), tag)
      : null
  );
}

/** Give each of these code cells its own tag. */
export function setTags(
  cells: Iterable<ITaggedCell>,
  tags: ReadonlyMap<string, string | null>
): ITagChange[] {
  return Array.from(cells).flatMap(cell => {
    const tag = tags.get(cell.id);
    return tag === undefined ? [] : setTag([cell], new Set([cell.id]), tag);
  });
}

/** Put the cells of some stages into one; with one stage, rename it. Tags keep their places. */
export function mergeStages(
  cells: Iterable<ITaggedCell>,
  stages: ReadonlyArray<string>,
  into: string
): ITagChange[] {
  const gone = new Set(stages.filter(stage => stage !== into).map(stageTag));
  return changes(cells, cell => {
    const tags = list(cell.tags);
    if (!tags.some(tag => gone.has(tag as string))) {
      return null;
    }
    const renamed = tags.map(tag =>
      gone.has(tag as string) ? stageTag(into) : tag
    );
    const first = renamed.indexOf(stageTag(into));
    return renamed.filter(
      (tag, index) => index === first || tag !== stageTag(into)
    );
  });
}

/** Take the cells of a stage out of it. */
export function clearStage(
  cells: Iterable<ITaggedCell>,
  stage: string
): ITagChange[] {
  return changes(cells, cell =>
    readStage(readTags(cell.tags)) === stage
      ? writeOurTag(list(cell.tags), null)
      : null
  );
}

/**
 * What to write to take `tags` from one side of a change to the other.
 *
 * Tags of others that came or went since stay as they are now. Null when our tag is not the
 * one the change left: then it is no longer ours to take back.
 */
export function moveTags(
  now: MetadataValue,
  from: MetadataValue,
  to: MetadataValue
): { readonly value: MetadataValue } | null {
  if (same(now, from)) {
    return { value: to };
  }
  if (readOurTag(list(now)) !== readOurTag(list(from))) {
    return null;
  }
  return { value: orNothing(writeOurTag(list(now), readOurTag(list(to)))) };
}

/** Whether two values of the metadata are the same. */
export function same(left: MetadataValue, right: MetadataValue): boolean {
  return left === undefined || right === undefined
    ? left === right
    : JSONExt.deepEqual(left, right);
}

function changes(
  cells: Iterable<ITaggedCell>,
  edit: (cell: ITaggedCell) => ReadonlyArray<ReadonlyPartialJSONValue> | null
): ITagChange[] {
  const found: ITagChange[] = [];
  for (const cell of cells) {
    const tags = cell.type === 'code' ? edit(cell) : null;
    if (tags !== null) {
      const before = cell.tags as MetadataValue;
      found.push({ cellId: cell.id, before, after: orNothing(tags) });
    }
  }
  return found;
}

// JupyterLab's own editor of tags does not leave an empty list behind either.
function orNothing(
  tags: ReadonlyArray<ReadonlyPartialJSONValue>
): MetadataValue {
  return tags.length > 0 ? tags : undefined;
}

function list(tags: unknown): ReadonlyArray<ReadonlyPartialJSONValue> {
  return Array.isArray(tags)
    ? (tags as ReadonlyArray<ReadonlyPartialJSONValue>)
    : [];
}
