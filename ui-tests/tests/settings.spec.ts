import { expect, test } from '@jupyterlab/galata';

import { setSetting } from '../support/lab';
import { chipsOf } from '../support/notebooks';
import { analysed, openPipeline, SHOP } from '../support/pipelines';

const CELLS = [...SHOP, { source: 'aside = 1' }];

test('stages on cells, and words on untagged ones, can be switched off', async ({
  page,
  tmpPath
}) => {
  await openPipeline(page, `${tmpPath}/shop.ipynb`, CELLS);
  const stages = {
    1: 'parameters',
    2: 'setup',
    4: 'load',
    6: 'split',
    8: 'total',
    10: 'report'
  };
  await expect
    .poll(() => chipsOf(page))
    .toEqual({ ...stages, 11: 'counts as setup' });
  await setSetting(page, 'untagged', 'hide');
  await expect.poll(() => chipsOf(page)).toEqual(stages);
  await setSetting(page, 'badges', false);
  await expect.poll(() => chipsOf(page)).toEqual({});
  await setSetting(page, 'badges', true);
  await setSetting(page, 'untagged', 'explain');
  await expect
    .poll(() => chipsOf(page))
    .toEqual({ ...stages, 11: 'counts as setup' });
});

test('the output folder is where exports go', async ({ page, tmpPath }) => {
  await setSetting(page, 'outputFolder', 'out/pipeline');
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP);
  await panel.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
  const folder = `${tmpPath}/out/pipeline`;
  await expect(dialog.getByLabel('Folder')).toHaveValue(folder);
  await dialog.getByRole('button', { name: 'Export' }).click();
  await expect(page.locator('.Toastify__toast')).toContainText(
    `Exported to ${folder}`
  );
  expect(await page.contents.fileExists(`${folder}/pipeline.yaml`)).toBe(true);
});

test('the analysis waits as long as it is told', async ({ page, tmpPath }) => {
  const delay = 2500;
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP);
  await setSetting(page, 'analysisDelay', delay);
  await page.notebook.enterCellEditingMode(8);
  await page.keyboard.press('Control+End');
  const asked = page.waitForRequest('**/mlcode/analyse*');
  await page.keyboard.press('Space');
  const typed = await page.evaluate(() => performance.now());
  await asked;
  await analysed(panel);
  const started = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(entry => entry.name.includes('/mlcode/analyse'))
      .map(entry => entry.startTime)
      .at(-1)
  );
  // The key was pressed a little before the clock was read.
  expect(started).toBeGreaterThan(typed + delay - 500);
});
