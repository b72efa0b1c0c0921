/**
 * Which stage a cell belongs to is written in its tags and nowhere else.
 *
 * Python reads the same cases: tests/contract/stage_tags.json.
 */

const PREFIX = 'stage:';
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const ROLES: ReadonlyArray<string> = ['parameters', 'setup', 'skip'];

/** Whether the name may stand after `stage:`. */
export function isStageName(name: string): boolean {
  return NAME.test(name);
}

/** The form under which two names mean the same stage's files: case, `-` and `_` are folded. */
export function foldStageName(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** The strings of a cell's `tags` metadata; anything else there is left to the check. */
export function readTags(tags: unknown): string[] {
  return Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
}

/** What stands after the first `stage:`, valid or not; null without such a tag. */
export function readStage(tags: ReadonlyArray<string>): string | null {
  const tag = tags.find(tag => tag.startsWith(PREFIX));
  return tag === undefined ? null : tag.slice(PREFIX.length);
}

/**
 * The tags with the stage replaced; tags we do not own stay as they are.
 *
 * A cell has one role, so a stage takes the place of `setup`, `skip` or
 * `parameters`; taking the stage away brings none of them back.
 */
export function writeStage(
  tags: ReadonlyArray<string>,
  stage: string | null
): string[] {
  if (stage === null) {
    return tags.filter(tag => !tag.startsWith(PREFIX));
  }
  const first = tags.findIndex(isRole);
  const others = tags.filter(tag => !isRole(tag));
  // Before the first role tag there are only others, so its index is the place.
  const place = first < 0 ? others.length : first;
  return [...others.slice(0, place), PREFIX + stage, ...others.slice(place)];
}

function isRole(tag: string): boolean {
  return tag.startsWith(PREFIX) || ROLES.includes(tag);
}
