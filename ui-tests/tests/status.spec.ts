import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import { openPipeline, SHOP, withSource } from '../support/pipelines';

const BROKEN = withSource(SHOP, 'stage:total', 'total = sum(missing)');

test(
  'the status bar counts stages and problems, and opens the panel',
  inThemes(async ({ page, path, base }) => {
    const bar = page.locator('#jp-main-statusbar');
    await openPipeline(page, `${base}-broken.ipynb`, BROKEN);
    await expect(
      bar.getByRole('button', { name: '4 stages, 1 problem', exact: true })
    ).toBeVisible();
    await openNotebook(page, path, SHOP);
    const item = bar.getByRole('button', { name: '4 stages', exact: true });
    await expect(item).toBeVisible();

    await page.sidebar.openTab('filebrowser');
    const panel = page.getByRole('region', { name: 'Pipeline' });
    await expect(panel).toBeHidden();
    await item.click();
    await expect(panel).toBeVisible();
    await expect(panel).toContainText('Load the orders');
  }, ONCE)
);
