import type { ExportReply, ExportRequest } from '../api/messages';

/** Where a notebook is exported to, and as what. */
export interface IExportChoice {
  /** Null: the folder named like the notebook, beside it. */
  readonly folder: string | null;
  readonly targets: ReadonlyArray<string>;
}

/** The request for an export. */
export function exportRequest(
  path: string,
  choice: IExportChoice,
  mode: ExportRequest['mode'],
  overwrite = false
): ExportRequest {
  return {
    path,
    folder: choice.folder,
    targets: [...choice.targets],
    stage_notebooks: false,
    mode,
    overwrite
  };
}

/** Whether somebody must see what an export would do before it does. */
export function needsConsent(reply: ExportReply): boolean {
  return reply.first || reply.changes.some(change => change.kind !== 'new');
}

/** Whether files edited by hand are in the way. */
export function hasEdits(reply: ExportReply): boolean {
  return reply.changes.some(change => change.kind === 'edited');
}

/** The target that every export is made for; it cannot be chosen away. */
export const FOLDER_TARGET = 'folder';
