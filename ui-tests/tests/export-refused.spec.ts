import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { inThemes, ONCE, plain } from '../support/lab';
import { openPipeline, SHOP } from '../support/pipelines';

async function exportAnyway(page: IJupyterLabPageFixture): Promise<void> {
  await page
    .getByRole('region', { name: 'Pipeline' })
    .getByRole('button', { name: 'Export' })
    .click();
}

function told(page: IJupyterLabPageFixture, text: string | RegExp): Locator {
  return page.locator('.Toastify__toast').filter({ hasText: text });
}

test.describe('an export that cannot be written', () => {
  test(
    'says that a file is where the folder should be',
    inThemes(async ({ page, base, path }) => {
      await openPipeline(page, path, SHOP);
      await page.contents.uploadContent('mine', 'text', base);
      await exportAnyway(page);
      await expect(told(page, 'Not exported')).toBeVisible();
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }, ONCE)
  );

  // The tests may run as root, whom no folder refuses: what the server says then is played.
  test(
    'says that the folder is read-only, and what to do',
    inThemes(async ({ page, base, path, shot }) => {
      await openPipeline(page, path, SHOP);
      await page.route('**/mlcode/export*', async route => {
        if (route.request().postDataJSON().mode === 'diff') {
          await route.continue();
        } else {
          await route.fulfill({
            status: 422,
            json: {
              code: 'write',
              message: "cannot write 'shop': <b>permission denied</b>",
              hint: 'Choose another folder'
            }
          });
        }
      });
      await exportAnyway(page);
      const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
      await dialog.getByRole('button', { name: 'Export' }).click();
      await expect(
        told(
          page,
          "Not exported: cannot write 'shop': <b>permission denied</b>"
        )
      ).toContainText('Choose another folder');
      await shot('read-only');
      expect(await page.contents.directoryExists(base)).toBe(false);
      await plain(page).unroute('**/mlcode/export*');
    })
  );
});
