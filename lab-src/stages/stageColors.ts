/**
 * Which color of the palette a stage has.
 *
 * The first stage of a notebook has the first color, and so on: nothing is written for that.
 * Only when an edit would change the color of a stage (a new stage in front of it, another
 * name) the colors are kept from then on, in the notebook's metadata under `mlcode.colors`.
 * So opening a notebook never writes, most notebooks carry no colors at all, and a color
 * once seen stays. Colors derived from names alone would collide and change with the name.
 */

/** How many colors the palette has: style/palette.css. */
export const PALETTE_SIZE = 12;

type Colors = ReadonlyMap<string, number>;

/** The colors that the notebook's `mlcode` metadata keeps; anything odd there is passed over. */
export function readColors(mlcode: unknown): Map<string, number> {
  return new Map(
    Object.entries(asObject(asObject(mlcode).colors)).filter(
      (entry): entry is [string, number] =>
        Number.isInteger(entry[1]) &&
        Number(entry[1]) >= 0 &&
        Number(entry[1]) < PALETTE_SIZE
    )
  );
}

/** The `mlcode` metadata with these colors and everything else that it had. */
export function writeColors(
  mlcode: unknown,
  colors: Colors
): Record<string, unknown> {
  return { ...asObject(mlcode), colors: Object.fromEntries(colors) };
}

/** The color of each stage: the kept one, or the first that the fewest stages have. */
export function assignColors(
  names: ReadonlyArray<string>,
  kept: Colors
): Map<string, number> {
  const counts = new Array<number>(PALETTE_SIZE).fill(0);
  for (const name of names) {
    const color = kept.get(name);
    if (color !== undefined) {
      counts[color] += 1;
    }
  }
  return new Map(
    names.map(name => {
      let color = kept.get(name);
      if (color === undefined) {
        color = counts.indexOf(Math.min(...counts));
        counts[color] += 1;
      }
      return [name, color];
    })
  );
}

/**
 * The colors to keep so that an edit changes no stage's color; null when nothing is to be written.
 *
 * `renamed` leads from new names to old ones.
 */
export function colorsToKeep(
  before: ReadonlyArray<string>,
  after: ReadonlyArray<string>,
  kept: Colors,
  renamed: ReadonlyMap<string, string> = new Map()
): Map<string, number> | null {
  const old = assignColors(before, kept);
  const derived = assignColors(after, kept);
  const wanted = new Map<string, number>();
  for (const name of after) {
    const color = old.get(renamed.get(name) ?? name) ?? old.get(name);
    if (color !== undefined) {
      wanted.set(name, color);
    }
  }
  const stable = Array.from(wanted).every(
    ([name, color]) => derived.get(name) === color
  );
  return stable ? null : wanted;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
