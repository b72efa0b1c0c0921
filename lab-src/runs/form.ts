import type { Parameter } from '../api/messages';

/** What somebody typed for each parameter; one that is missing keeps its default. */
export type Entries = Readonly<Record<string, string>>;

/** What a text is as a value, or why it is none. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly want: Parameter['type'] };

/** A value as the form shows it. */
export function valueText(value: unknown, type: Parameter['type']): string {
  return type === 'str' && typeof value === 'string'
    ? value
    : JSON.stringify(value ?? null);
}

/** The value of a text, of the type that the notebook gives the parameter. */
export function parseValue(text: string, type: Parameter['type']): Parsed {
  const trimmed = text.trim();
  switch (type) {
    case 'str':
      return { ok: true, value: text };
    case 'int':
      return /^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))
        ? { ok: true, value: Number(trimmed) }
        : { ok: false, want: type };
    case 'float':
      return trimmed !== '' && Number.isFinite(Number(trimmed))
        ? { ok: true, value: Number(trimmed) }
        : { ok: false, want: type };
    case 'bool':
      return /^(true|false)$/i.test(trimmed)
        ? { ok: true, value: trimmed.toLowerCase() === 'true' }
        : { ok: false, want: type };
    case 'list':
      return json(trimmed, type, Array.isArray);
    case 'dict':
      return json(
        trimmed,
        type,
        value =>
          typeof value === 'object' && value !== null && !Array.isArray(value)
      );
    default:
      return free(text);
  }
}

/** The parameters that differ from their defaults, and the names of those with errors. */
export function readForm(
  parameters: ReadonlyArray<Parameter>,
  entries: Entries
): {
  values: Record<string, unknown>;
  errors: Record<string, Parameter['type']>;
} {
  const values: [string, unknown][] = [];
  const errors: [string, Parameter['type']][] = [];
  for (const { name, type, default: value } of parameters) {
    const text = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (text === undefined || text === valueText(value, type)) {
      continue;
    }
    const parsed = parseValue(text, type);
    if (!parsed.ok) {
      errors.push([name, parsed.want]);
    } else if (JSON.stringify(parsed.value) !== JSON.stringify(value)) {
      values.push([name, parsed.value]);
    }
  }
  return {
    values: Object.fromEntries(values),
    errors: Object.fromEntries(errors)
  };
}

/** The most that `verify --close` takes. */
const LARGEST_TOLERANCE = 0.1;

/** How close numbers must be to count as equal: null when that is not asked for, undefined when the text is wrong. */
export function parseTolerance(text: string): number | null | undefined {
  if (text.trim() === '') {
    return null;
  }
  const value = Number(text);
  return value > 0 && value <= LARGEST_TOLERANCE ? value : undefined;
}

function json(
  text: string,
  type: Parameter['type'],
  fits: (value: unknown) => boolean
): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return fits(value) ? { ok: true, value } : { ok: false, want: type };
  } catch {
    return { ok: false, want: type };
  }
}

/** Of a parameter whose default is None: JSON where it is some, else the text itself. */
function free(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: true, value: text };
  }
}
