/**
 * Which stage a cell belongs to is written in its tags and nowhere else.
 *
 * Python does the same by the same cases: tests/contract/stage_tags.json.
 */

const PREFIX = 'stage:';
const PLAIN_TAGS = ['parameters', 'setup', 'skip'] as const;
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
// Windows opens a device instead of a file of that name.
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** What a tag of ours makes of a cell. */
export type TaggedRole = 'stage' | (typeof PLAIN_TAGS)[number];

/** Whether the name may stand after `stage:`. */
export function isStageName(name: string): boolean {
  return NAME.test(name) && !DEVICE.test(name);
}

/** What two stage names must differ in: case, `-` and `_` do not count. */
export function foldStageName(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** The tag that puts a cell into this stage. */
export function stageTag(name: string): string {
  return PREFIX + name;
}

/** The strings of a cell's `tags` metadata; anything else there is left to the check. */
export function readTags(tags: unknown): string[] {
  return Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
}

/**
 * The tag of ours that counts; null when there is none.
 *
 * A cell with two tags of ours is an error; until it is mended the first counts.
 */
export function readOurTag(tags: ReadonlyArray<unknown>): string | null {
  return tags.find(isOurs) ?? null;
}

/** What the cell is because of its tags; null when none of them is ours. */
export function readRole(tags: ReadonlyArray<string>): TaggedRole | null {
  const tag = readOurTag(tags);
  return PLAIN_TAGS.find(plain => plain === tag) ?? (tag ? 'stage' : null);
}

/** What stands after `stage:`, valid or not; null when the cell is in no stage. */
export function readStage(tags: ReadonlyArray<string>): string | null {
  const tag = readOurTag(tags);
  return tag?.startsWith(PREFIX) ? tag.slice(PREFIX.length) : null;
}

/** The tags with ours replaced by the stage's, or removed; tags we do not own stay. */
export function writeStage(
  tags: ReadonlyArray<string>,
  stage: string | null
): string[] {
  return writeOurTag(tags, stage === null ? null : stageTag(stage));
}

/** The tags with ours replaced by this one, or removed; everything else stays. */
export function writeOurTag<T>(
  tags: ReadonlyArray<T>,
  tag: string | null
): (T | string)[] {
  const others = tags.filter(other => !isOurs(other));
  return tag === null ? others : [...others, tag];
}

function isOurs(tag: unknown): tag is string {
  return (
    typeof tag === 'string' &&
    (tag.startsWith(PREFIX) || PLAIN_TAGS.some(plain => plain === tag))
  );
}
