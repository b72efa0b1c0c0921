import { expect, test } from '@jupyterlab/galata';

import { openPipeline, SHOP } from '../support/pipelines';

test('an export that takes its time says so and is not begun twice', async ({
  page,
  tmpPath
}) => {
  const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP);
  let asked = 0;
  let answer: () => void = () => undefined;
  const released = new Promise<void>(resolve => (answer = resolve));
  await page.route('**/mlcode/export*', async route => {
    asked += 1;
    await released;
    await route.continue();
  });

  await panel.getByRole('button', { name: 'Export', exact: true }).click();
  const busy = panel.getByRole('button', { name: 'Exporting…' });
  await expect(busy).toBeFocused();
  await expect(busy).toHaveAttribute('aria-disabled', 'true');
  await expect(
    panel.getByRole('status').filter({ hasText: 'Exporting…' })
  ).toHaveCount(1);
  await expect(panel.getByRole('button', { name: '▶ Run' })).toBeDisabled();
  await page.keyboard.press('Enter');
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('mlcode:export').catch(() => null)
  );

  answer();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Cancel' })
    .click();
  await expect(
    panel.getByRole('button', { name: 'Export', exact: true })
  ).toBeFocused();
  await expect(panel.getByRole('button', { name: '▶ Run' })).toBeEnabled();
  expect(asked).toBe(1);
});
