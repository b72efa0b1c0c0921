import { expect, test } from '@jupyterlab/galata';

import { openNotebook } from '../support/lab';
import { analysed, openPanel, SHOP, withSource } from '../support/pipelines';

const BROKEN = withSource(SHOP, 'stage:total', 'total = summe(orders)');
const SHORT = SHOP.slice(0, 5);

test('three notebooks in turn: the panel shows each as it was left, without a word', async ({
  page,
  tmpPath
}) => {
  const said: string[] = [];
  page.on('pageerror', error => said.push(String(error)));
  page.on('console', message => {
    if (
      message.type() === 'error' &&
      /mlcode/.test(message.text() + message.location().url)
    ) {
      said.push(message.text());
    }
  });
  page.on('dialog', dialog => said.push(dialog.message()));
  const notebooks = { shop: SHOP, broken: BROKEN, short: SHORT };
  for (const [name, cells] of Object.entries(notebooks)) {
    await openNotebook(page, `${tmpPath}/${name}.ipynb`, cells);
  }
  const panel = await openPanel(page);
  const list = panel.getByRole('list', { name: 'Stages' });
  const pressed = panel.getByRole('button', { pressed: true });
  const show = async (name: string): Promise<void> => {
    await page.activity.activateTab(`${name}.ipynb`);
    await analysed(panel);
    await expect(page.locator('.jp-Dialog, .Toastify__toast')).toHaveCount(0);
  };

  await show('shop');
  await list.getByRole('button', { name: /Sum up/ }).click();
  await panel.getByRole('tab', { name: 'Graph' }).click();
  await show('broken');
  await expect(panel.getByRole('tab', { name: 'List' })).toHaveAttribute(
    'aria-selected',
    'true'
  );
  await expect(pressed).toHaveCount(0);
  await list.getByRole('button', { name: /Report/ }).click();
  await panel.getByRole('button', { name: /Parameters/ }).click();
  await show('short');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await expect(pressed).toHaveCount(0);

  for (let round = 0; round < 3; round++) {
    await show('shop');
    await expect(panel.getByRole('tab', { name: 'Graph' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await expect(pressed).toHaveAttribute('aria-label', 'Stage 3, Sum up');
    await show('broken');
    await expect(pressed).toHaveText(/Report/);
    await expect(
      panel.getByRole('button', { name: /Parameters/ })
    ).toHaveAttribute('aria-expanded', 'false');
    await expect(panel.getByRole('list', { name: 'Problems' })).toContainText(
      'summe'
    );
    await show('short');
    await expect(list.getByRole('listitem')).toHaveCount(1);
    await expect(panel.getByRole('list', { name: 'Problems' })).toHaveCount(0);
  }
  expect(said).toEqual([]);
});
