import * as path from 'path';

import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { COUNTING, teachWrongly } from '../support/counting';
import { openPipeline, SHOP, widenSidebar } from '../support/pipelines';
import { begin, firstRun } from '../support/runs';

/**
 * The pictures of docs/jupyterlab.md. `MLCODE_GUIDE=1` puts them into docs/images, so that they
 * show what there is; otherwise they lie with the results of the tests.
 */
async function picture(
  page: IJupyterLabPageFixture,
  name: string,
  outputPath: (name: string) => string
): Promise<void> {
  const file = `${name}.png`;
  await page.mouse.move(600, 5);
  await page.screenshot({
    path: process.env.MLCODE_GUIDE
      ? path.join(__dirname, '..', '..', 'docs', 'images', file)
      : outputPath(file)
  });
}

test('the pictures of the guide', async ({ page, tmpPath }, testInfo) => {
  const shot = (name: string): Promise<void> =>
    picture(page, name, file => testInfo.outputPath(file));
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP, true);
  await page.getByText(/\| Idle$/).waitFor();
  await widenSidebar(page, 340);
  await panel.getByRole('button', { name: /Sum up/ }).click();
  await shot('panel');

  await panel.getByRole('tab', { name: 'Graph' }).click();
  await panel.getByRole('button', { name: 'load to split: orders' }).click();
  await expect(
    panel.getByRole('group', { name: 'From load to split' })
  ).toBeVisible();
  await shot('graph');

  await panel.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('listitem')
    .filter({ hasText: 'stage_total.py' })
    .click();
  await shot('export');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('the picture of a verify', async ({ page, tmpPath }, testInfo) => {
  await teachWrongly(page, `${tmpPath}/count`, 0.5);
  const path = `${tmpPath}/count.ipynb`;
  const panel = await begin(page, path, COUNTING, 'Verify');
  const run = firstRun(panel);
  await expect(run).toHaveAttribute('data-state', 'failed', {
    timeout: 200000
  });
  await widenSidebar(page, 380);
  await run.evaluate(node => node.scrollIntoView());
  await run.getByRole('button', { name: /variable double/ }).click();
  await picture(page, 'verify', file => testInfo.outputPath(file));
});
