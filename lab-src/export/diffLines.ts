/** A line of a diff, and what it says. */
export interface IDiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place';
  readonly text: string;
}

/** The lines of a unified diff without its head. */
export function diffLines(diff: string): IDiffLine[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .filter(line => !/^(---|\+\+\+)( |$)/.test(line))
    .map(text => ({ kind: kindOf(text), text }));
}

/** How many lines come and go. */
export function diffSize(diff: string): { added: number; removed: number } {
  const lines = diffLines(diff);
  return {
    added: lines.filter(line => line.kind === 'added').length,
    removed: lines.filter(line => line.kind === 'removed').length
  };
}

function kindOf(text: string): IDiffLine['kind'] {
  if (text.startsWith('+')) {
    return 'added';
  }
  if (text.startsWith('-')) {
    return 'removed';
  }
  return text.startsWith('@@') ? 'place' : 'same';
}
