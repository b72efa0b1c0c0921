import { expect, test } from '@jupyterlab/galata';

import { chipsOf } from '../support/notebooks';
import { analysed, openPipeline, SHOP } from '../support/pipelines';

const CELLS = [...SHOP, { source: '# Afterwards' }, { source: 'spare = 1' }];

test('what was said before an edit looks stale everywhere until it is said again', async ({
  page,
  tmpPath
}) => {
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, CELLS);
  const place = String(CELLS.length - 1);
  await expect.poll(async () => (await chipsOf(page))[place]).toMatch(/^\w+/);
  let answer: () => void = () => undefined;
  const released = new Promise<void>(resolve => (answer = resolve));
  await page.route('**/mlcode/analyse*', async route => {
    await released;
    await route.continue();
  });
  const stale = page.locator('#jp-mlcode-pipeline-panel');
  const notebook = page.locator('.jp-Notebook');
  const status = page.locator('.jp-mlcode-StatusItem');

  await page.notebook.enterCellEditingMode(CELLS.length - 1);
  await page.keyboard.type('0');
  await expect(stale).toHaveClass(/jp-mod-stale/);
  await expect(panel.getByText('analysing…')).toBeVisible();
  await expect(notebook).toHaveClass(/jp-mlcode-mod-stale/);
  await expect(status).toHaveClass(/jp-mod-stale/);
  expect((await chipsOf(page))[place]).toMatch(/…"?$/);

  answer();
  await analysed(panel);
  await expect(notebook).not.toHaveClass(/jp-mlcode-mod-stale/);
  await expect(status).not.toHaveClass(/jp-mod-stale/);
  expect((await chipsOf(page))[place]).not.toContain('…');
});
