import { expect, test } from '@jupyterlab/galata';

import { chipsOf, notebookText, tagsOf, UNTAGGED } from '../support/notebooks';

test.describe('suggested stages', () => {
  test.beforeEach(async ({ page, tmpPath }) => {
    const path = `${tmpPath}/untagged.ipynb`;
    await page.contents.uploadContent(notebookText(UNTAGGED), 'text', path);
    await page.notebook.openByPath(path);
    await page.evaluate(() => {
      const counts = { clicks: 0, keys: 0 };
      Object.assign(window, { counts });
      addEventListener('pointerdown', () => (counts.clicks += 1), true);
      addEventListener('keydown', () => (counts.keys += 1), true);
    });
  });

  for (const theme of ['Light', 'Dark']) {
    test(`make four stages with 2 clicks and 0 keys (${theme})`, async ({
      page
    }, testInfo) => {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      const before = await tagsOf(page);
      await page.evaluate(() => {
        Object.assign((window as unknown as { counts: object }).counts, {
          clicks: 0,
          keys: 0
        });
      });
      await page
        .getByRole('button', { name: /^Suggest stages from headings/ })
        .click();

      const bar = page.getByRole('region', { name: 'Suggested stages' });
      await expect(bar).toContainText('4 stages');
      await expect
        .poll(async () => Object.values(await chipsOf(page)))
        .toContain('train ?');
      expect(await tagsOf(page)).toEqual(before);
      await page.screenshot({
        path: testInfo.outputPath(`suggested-${theme}.png`)
      });

      await bar.getByRole('button', { name: 'Accept' }).click();
      await expect(bar).toHaveCount(0);
      const tags = (await tagsOf(page)).flat();
      for (const stage of ['load', 'prepare', 'train', 'report']) {
        expect(tags).toContain(`stage:${stage}`);
      }
      expect(
        await page.evaluate(
          () => (window as unknown as { counts: unknown }).counts
        )
      ).toEqual({ clicks: 2, keys: 0 });
      // What is done is not offered again.
      await expect(
        page.getByRole('button', { name: /^Suggest stages from headings/ })
      ).toBeHidden();
      await page.screenshot({
        path: testInfo.outputPath(`accepted-${theme}.png`)
      });

      await page.keyboard.press('Control+z');
      await expect.poll(() => tagsOf(page)).toEqual(before);
    });
  }

  test('are taken away by Escape, and leave no trace', async ({ page }) => {
    const before = await tagsOf(page);
    await page.notebook.selectCells(0);
    await page.keyboard.type('tg');
    const bar = page.getByRole('region', { name: 'Suggested stages' });
    await expect(bar.getByRole('button', { name: 'Accept' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(bar).toHaveCount(0);
    expect(await tagsOf(page)).toEqual(before);
    await expect.poll(() => chipsOf(page)).toEqual({ 1: 'parameters' });
    await expect(page.locator('.jp-Notebook :focus')).toHaveCount(1);
  });

  test('say what is wrong when the server does not answer', async ({
    page
  }) => {
    await page.route('**/mlcode/suggest*', route => route.abort());
    await page.notebook.selectCells(0);
    await page.keyboard.type('tg');
    const bar = page.getByRole('region', { name: 'Suggested stages' });
    await expect(bar.getByRole('status')).toContainText('No suggestion');
    await bar.getByRole('button', { name: 'Close' }).click();
    await expect(bar).toHaveCount(0);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});
