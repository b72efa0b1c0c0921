import { expect } from '@jupyterlab/galata';
import type {
  IJupyterLabPageFixture,
  JupyterLabPage
} from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { openUploaded } from './lab';
import type { ICell } from './notebooks';
import { openPanel, openPipeline, widenSidebar } from './pipelines';

/** Opens a notebook, exports it, and says that it may run. */
export async function begin(
  page: IJupyterLabPageFixture,
  path: string,
  cells: ReadonlyArray<ICell>,
  button = '▶ Run',
  prepare: (panel: Locator) => Promise<void> = async () => undefined
): Promise<Locator> {
  const panel = await openPipeline(page, path, cells);
  await widenSidebar(page, 420);
  await prepare(panel);
  await start(page, panel, button);
  return panel;
}

/** Presses the button, says that the notebook may run, and exports it. */
export async function start(
  page: IJupyterLabPageFixture,
  panel: Locator,
  button = '▶ Run'
): Promise<void> {
  await panel.getByRole('button', { name: button }).click();
  const trust = page.getByRole('dialog', { name: /not trusted/ });
  const dialog = page.getByRole('dialog', { name: /Export/ });
  await trust.getByRole('button', { name: 'Run' }).click();
  await dialog.getByRole('button', { name: 'Export' }).click();
  await expect(firstRun(panel)).toBeVisible();
}

/** The newest of the runs. */
export function firstRun(panel: Locator): Locator {
  return panel
    .getByRole('list', { name: 'Runs' })
    .locator('.jp-mlcode-Run')
    .first();
}

/** Loads JupyterLab again; Galata's own way waits for the launcher, which need not come. */
export async function reload(
  page: IJupyterLabPageFixture,
  path: string
): Promise<void> {
  const lab: Pick<JupyterLabPage, 'reload'> = page;
  await lab.reload({ waitForIsReady: false });
  await page.evaluate(() => window.jupyterapp.restored);
  await openUploaded(page, path);
  await openPanel(page);
}
