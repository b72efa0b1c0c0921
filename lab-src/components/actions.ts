import type { TranslationBundle } from '@jupyterlab/translation';

import type { Fix, StartRequest } from '../api/messages';

/** What somebody can do in the panel. */
export interface IPanelActions {
  /**
   * Show a cell, and the line of it when there is one.
   *
   * `cell` is its number, for what was read from a file whose format has no ids of cells.
   */
  reveal(cellId: string, line?: number | null, cell?: number): void;
  rename(stage: string, name: string): void;
  /** Give the stage this color of the palette. */
  recolor(stage: string, color: number): void;
  merge(stage: string, into: string): void;
  clear(stage: string): void;
  suggest(): void;
  fix(fix: Fix): void;
  retry(): void;
  exportPipeline(): void;
  /** Whether the notebook in front is being exported, for itself or for a run. */
  isExporting(): boolean;
  start(request: Omit<StartRequest, 'path' | 'folder'>): void;
  cancel(run: string): void;
  /** Open a file or show a folder of the server. */
  open(path: string): void;
}

export type Trans = Pick<TranslationBundle, '__' | '_n'>;
