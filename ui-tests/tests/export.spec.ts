import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { inThemes, ONCE } from '../support/lab';
import { openPipeline, SHOP, withSource } from '../support/pipelines';

/** Clicks the panel's button; the dialog. */
async function askToExport(page: IJupyterLabPageFixture): Promise<Locator> {
  await exportButton(page).click();
  return page.getByRole('dialog');
}

function exportButton(page: IJupyterLabPageFixture): Locator {
  return page
    .getByRole('region', { name: 'Pipeline' })
    .getByRole('button', { name: 'Export' });
}

function toast(page: IJupyterLabPageFixture, text: RegExp): Locator {
  return page.locator('.Toastify__toast').filter({ hasText: text });
}

async function exported(
  page: IJupyterLabPageFixture,
  path: string
): Promise<void> {
  // What the kernel writes into the notebook must not count as a change.
  await openPipeline(page, path, SHOP, true);
  const dialog = await askToExport(page);
  await dialog.getByRole('button', { name: 'Export' }).click();
  await expect(toast(page, /Exported to/)).toBeVisible();
}

/** Writes another text into a cell and waits until that is analysed. */
async function edit(
  page: IJupyterLabPageFixture,
  index: number,
  text: string
): Promise<void> {
  await page.notebook.enterCellEditingMode(index);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

test.describe('export', () => {
  test(
    'shows the files first, then says where they are',
    inThemes(async ({ page, path, base, shot }) => {
      await openPipeline(page, path, SHOP);
      const dialog = await askToExport(page);
      await expect(dialog.getByLabel('Folder')).toHaveValue(base);
      await dialog.getByText('stage_load.py').click();
      await expect(dialog.locator('.jp-mlcode-Diff').first()).toContainText(
        '+orders.append(5.0)'
      );
      await shot('export');
      await dialog.getByRole('button', { name: 'Export' }).click();
      const told = toast(page, /Exported to/);
      await expect(told).toBeVisible();
      await shot('exported');
      expect(await page.contents.fileExists(`${base}/pipeline.yaml`)).toBe(
        true
      );
      await told.getByRole('button', { name: 'Open script' }).click();
      await expect(
        page.getByRole('tab', { name: /stage_\w+\.py/ })
      ).toBeVisible();
    })
  );

  test(
    'says so when nothing has changed',
    inThemes(async ({ page, path }) => {
      await exported(page, path);
      await exportButton(page).click();
      await expect(toast(page, /Nothing to export/)).toBeVisible();
      await expect(page.getByRole('dialog')).toHaveCount(0);
    })
  );

  test(
    'shows the changed lines of a changed notebook',
    inThemes(async ({ page, path, shot }) => {
      await exported(page, path);
      await edit(page, 8, 'total = sum(orders) + 1');
      const dialog = await askToExport(page);
      const change = dialog
        .getByRole('listitem')
        .filter({ hasText: 'stage_total.py' });
      await expect(change).toContainText(/changed/);
      await change.getByText('stage_total.py').click();
      await expect(change.locator('[data-kind="removed"]')).toContainText(
        '-total = sum(orders)'
      );
      await shot('diff');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await expect(toast(page, /Exported to/)).toHaveCount(1);
    })
  );

  test(
    'protects a file that was edited by hand',
    inThemes(async ({ page, base, path, shot }) => {
      await exported(page, path);
      const script = `${base}/stage_total.py`;
      await page.contents.uploadContent('# mine\n', 'text', script);
      const dialog = await askToExport(page);
      await expect(
        dialog.getByRole('listitem').filter({ hasText: 'stage_total.py' })
      ).toContainText('edited');
      const accept = dialog.getByRole('button', { name: 'Export' });
      await expect(accept).toBeDisabled();
      await shot('edited');
      await dialog.getByLabel(/Overwrite files/).check();
      await expect(accept).toBeEnabled();
      await accept.click();
      await expect(toast(page, /Exported to/)).toHaveCount(2);
    })
  );

  test(
    'shows the first error of a notebook that is refused',
    inThemes(async ({ page, base, path }) => {
      const broken = withSource(SHOP, 'stage:total', 'x = 1\ntotal = sum(');
      await openPipeline(page, path, broken);
      await exportButton(page).click();
      await expect(
        page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
      ).toContainText('total = sum(');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      expect(await page.contents.directoryExists(base)).toBe(false);
    }, ONCE)
  );

  test(
    'is offered in toolbar and menu',
    inThemes(async ({ page, path }) => {
      await openPipeline(page, path, SHOP);
      await expect(
        page
          .getByRole('toolbar', { name: 'main area toolbar' })
          .getByRole('button', { name: 'Export to pipeline' })
      ).toBeVisible();
      await page.menu.clickMenuItem('File>Export to Pipeline');
      const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
      await expect(dialog).toBeVisible();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    }, ONCE)
  );
});
