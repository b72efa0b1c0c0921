import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { openNotebook } from './lab';
import { notebookText } from './notebooks';
import type { ICell } from './notebooks';

/** Four stages that need nothing but Python: a seed of rows, two branches, one report. */
export const SHOP: ReadonlyArray<ICell> = [
  { source: '# Shop' },
  {
    source: 'threshold = 2.5  # orders below are small\nlabel: str = "all"',
    tags: ['parameters']
  },
  { source: 'import json', tags: ['setup'] },
  { source: '## Load the orders' },
  {
    source: 'orders = [1.0, 2.0, 3.0, 4.0]\norders.append(5.0)',
    tags: ['stage:load']
  },
  { source: '## Split off small orders' },
  {
    source: 'small = [order for order in orders if order < threshold]',
    tags: ['stage:split']
  },
  { source: '## Sum up' },
  { source: 'total = sum(orders)', tags: ['stage:total'] },
  { source: '## Report' },
  {
    source: 'text = json.dumps([label, len(small), total])\nprint(text)',
    tags: ['stage:report']
  }
];

/** The cells with this source in place of that of the cell that has the tag. */
export function withSource(
  cells: ReadonlyArray<ICell>,
  tag: string,
  source: string
): ReadonlyArray<ICell> {
  return cells.map(cell =>
    cell.tags?.includes(tag) ? { ...cell, source } : cell
  );
}

/**
 * Uploads a notebook, opens it and the panel, and waits for its analysis; the panel.
 *
 * No other notebook is like it, or the server would trust it once that other one was saved.
 */
export async function openPipeline(
  page: IJupyterLabPageFixture,
  path: string,
  cells: ReadonlyArray<ICell>,
  kernel = false
): Promise<Locator> {
  await openNotebook(page, path, notebookText(cells, { test: path }), kernel);
  const panel = await openPanel(page);
  await analysed(panel);
  return panel;
}

/** Shows the panel. */
export async function openPanel(
  page: IJupyterLabPageFixture
): Promise<Locator> {
  await page.sidebar.openTab('jp-mlcode-pipeline-panel');
  return page.getByRole('region', { name: 'Pipeline' });
}

/**
 * Waits until what the panel shows is about the notebook as it is.
 *
 * That it is not stale says nothing before the first answer, so the problems must be there.
 */
export async function analysed(panel: Locator): Promise<void> {
  await panel
    .getByText('✓ No problems found.')
    .or(panel.getByRole('list', { name: 'Problems' }))
    .waitFor();
  await panel
    .page()
    .locator('#jp-mlcode-pipeline-panel:not(.jp-mod-stale)')
    .waitFor();
}

/** Makes the side bar as wide as this. */
export async function widenSidebar(
  page: IJupyterLabPageFixture,
  width: number
): Promise<void> {
  await page.sidebar.setWidth(width, 'left');
}
