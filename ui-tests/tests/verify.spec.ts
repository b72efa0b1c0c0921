import { expect, test } from '@jupyterlab/galata';

import { openPipeline, SHOP } from '../support/pipelines';

test.setTimeout(240000);

test('a part is run after the whole was; the whole is verified', async ({
  page,
  tmpPath
}, testInfo) => {
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP);
  await panel.getByRole('button', { name: 'Verify' }).click();
  const trust = page.getByRole('dialog', { name: /not trusted/ });
  const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
  // Another test may have saved the same cells: then the server trusts them.
  await trust.or(dialog).waitFor();
  if (await trust.isVisible()) {
    await trust.getByRole('button', { name: 'Run' }).click();
  }
  await dialog.getByRole('button', { name: 'Export' }).click();
  const runs = panel.locator('.jp-mlcode-Run');
  await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
    timeout: 120000
  });
  await expect(runs.first()).toContainText('verify: completed');
  await page.screenshot({ path: testInfo.outputPath('verified.png') });

  await panel.getByRole('button', { name: '▶ Run' }).click();
  await expect(runs).toHaveCount(2);
  await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
    timeout: 120000
  });
  await panel
    .getByLabel('Stages', { exact: true })
    .last()
    .selectOption('from total');
  await panel.getByRole('button', { name: '▶ Run' }).click();
  await expect(runs).toHaveCount(3);
  await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
    timeout: 120000
  });
  await page.screenshot({ path: testInfo.outputPath('from-here.png') });
});
