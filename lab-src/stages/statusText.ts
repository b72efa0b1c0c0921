import type { TranslationBundle } from '@jupyterlab/translation';

/** The pipeline in a few words: "4 stages, 2 problems". Notes are no problems. */
export function statusText(
  stages: number,
  problems: ReadonlyArray<{ readonly severity: string }>,
  trans: TranslationBundle
): string {
  const count = problems.filter(({ severity }) => severity !== 'note').length;
  const parts = [
    stages === 0
      ? trans.__('no stages')
      : trans._n('%1 stage', '%1 stages', stages)
  ];
  if (count > 0) {
    parts.push(trans._n('%1 problem', '%1 problems', count));
  }
  return parts.join(', ');
}
