import { foldStageName, isStageName } from './stageTags';

/** What a typed text would name: a stage that there is, a new one, or nothing (and why not). */
export type NamedStage =
  | { readonly kind: 'existing' | 'new'; readonly name: string }
  | { readonly kind: 'empty' | 'invalid' | 'taken'; readonly name: string };

/** The text as a stage name would write it: lower case, one `_` for what cannot stand there. */
export function toStageName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/_+$/, '');
}

/** What stage the text names, among those that there are. */
export function nameStage(
  text: string,
  stages: ReadonlyArray<string>
): NamedStage {
  if (text.trim() === '') {
    return { kind: 'empty', name: '' };
  }
  if (stages.includes(text.trim())) {
    return { kind: 'existing', name: text.trim() };
  }
  const name = toStageName(text);
  if (!isStageName(name)) {
    return { kind: 'invalid', name: text };
  }
  const folded = stages.find(
    stage => foldStageName(stage) === foldStageName(name)
  );
  if (folded === undefined) {
    return { kind: 'new', name };
  }
  return folded === name
    ? { kind: 'existing', name }
    : { kind: 'taken', name: folded };
}

/** The stages that the text may be about to name: those that begin with it, then those that hold it. */
export function completeStage(
  text: string,
  stages: ReadonlyArray<string>
): string[] {
  const typed = foldStageName(text.trim());
  const rank = (stage: string): number => {
    const found = foldStageName(stage).indexOf(typed);
    return found > 0 ? 1 : found;
  };
  return stages
    .filter(stage => rank(stage) >= 0)
    .sort((left, right) => rank(left) - rank(right));
}
