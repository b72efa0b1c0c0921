/**
 * Which stage a cell belongs to is written in its tags and nowhere else.
 *
 * Python does the same by the same cases: tests/contract/stage_tags.json.
 */

const PREFIX = 'stage:';
const PLAIN_TAGS: ReadonlyArray<string> = ['parameters', 'setup', 'skip'];
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
// Windows opens a device instead of a file of that name.
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** Whether the name may stand after `stage:`. */
export function isStageName(name: string): boolean {
  return NAME.test(name) && !DEVICE.test(name);
}

/** What two stage names must differ in: case, `-` and `_` do not count. */
export function foldStageName(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** The strings of a cell's `tags` metadata; anything else there is left to the check. */
export function readTags(tags: unknown): string[] {
  return Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
}

/**
 * What stands after `stage:`, valid or not; null when the cell is in no stage.
 *
 * A cell with two tags of ours is an error; until it is mended the first counts.
 */
export function readStage(tags: ReadonlyArray<string>): string | null {
  const tag = tags.find(isOurs);
  return tag?.startsWith(PREFIX) ? tag.slice(PREFIX.length) : null;
}

/** The tags with ours replaced by the stage's, or removed; tags we do not own stay. */
export function writeStage(
  tags: ReadonlyArray<string>,
  stage: string | null
): string[] {
  const others = tags.filter(tag => !isOurs(tag));
  return stage === null ? others : [...others, PREFIX + stage];
}

function isOurs(tag: string): boolean {
  return tag.startsWith(PREFIX) || PLAIN_TAGS.includes(tag);
}
