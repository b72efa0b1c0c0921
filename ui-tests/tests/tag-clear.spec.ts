import { expect, test } from '@jupyterlab/galata';

import { chipsOf, notebookText, tagsOf } from '../support/notebooks';

const CELLS = [
  { source: 'rows = []\nrows.append(3)', tags: ['stage:load'] },
  { source: 'total = sum(rows)', tags: ['stage:train'] },
  { source: 'print(total)', tags: ['stage:report'] }
];

test.describe('clearing a stage that others need', () => {
  test.beforeEach(async ({ page, tmpPath }) => {
    const path = `${tmpPath}/needed.ipynb`;
    await page.contents.uploadContent(notebookText(CELLS), 'text', path);
    await page.notebook.openByPath(path);
    await page.notebook.selectCells(0);
    await expect(
      page.getByRole('button', { name: '3 stages', exact: true })
    ).toBeVisible();
    await expect
      .poll(() =>
        page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .some(entry => entry.name.includes('/mlcode/analyse'))
        )
      )
      .toBe(true);
  });

  test('says what changes, without a dialog, and undoes it', async ({
    page
  }, testInfo) => {
    await page.keyboard.type('tc');
    await expect.poll(async () => (await tagsOf(page))[0]).toBeNull();
    const toast = page.locator('.Toastify__toast');
    await expect(toast).toContainText('train needs rows from there.');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    // The cell now says itself that it is missing.
    await expect
      .poll(async () => (await chipsOf(page))['0'])
      .toContain('needed, but in no stage');
    await page.screenshot({ path: testInfo.outputPath('cleared.png') });

    await toast.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(async () => (await tagsOf(page))[0])
      .toEqual(['stage:load']);
    await expect.poll(async () => (await chipsOf(page))['0']).toBe('load');
  });

  test('is silent where nobody needs the cell', async ({ page }) => {
    await page.notebook.selectCells(2);
    await page.keyboard.type('tx');
    await expect.poll(async () => (await tagsOf(page))[2]).toEqual(['skip']);
    await expect(page.locator('.Toastify__toast')).toHaveCount(0);
  });
});
