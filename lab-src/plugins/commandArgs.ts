import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

type Schema = (trans: TranslationBundle) => ReadonlyJSONObject;

export const STAGE: Schema = trans => ({
  type: 'string',
  description: trans.__('The name of the stage')
});

export const CELL_IDS: Schema = trans => ({
  type: 'array',
  items: { type: 'string' },
  description: trans.__('The ids of the cells; without it, the selected ones')
});

/** The ids that a command was called with; null when it was called without. */
export function idsOf(cellIds: unknown): string[] | null {
  return Array.isArray(cellIds) ? cellIds.map(String) : null;
}
