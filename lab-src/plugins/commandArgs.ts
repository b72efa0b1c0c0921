import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

type Schema = (trans: TranslationBundle) => ReadonlyJSONObject;

export const STAGE: Schema = trans => ({
  type: 'string',
  description: trans.__('The name of the stage')
});

export const CELLS: Schema = trans => ({
  cellIds: {
    type: 'array',
    items: { type: 'string' },
    description: trans.__('The ids of the cells; without it, the selected ones')
  },
  clicked: {
    type: 'boolean',
    description: trans.__(
      'Whether the cell whose context menu is open is meant, if it is not selected'
    )
  }
});

/** The ids that a command was called with; null when it was called without. */
export function idsOf(cellIds: unknown): string[] | null {
  return Array.isArray(cellIds) ? cellIds.map(String) : null;
}
