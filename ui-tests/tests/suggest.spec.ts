import { expect, test } from '@jupyterlab/galata';

import { countInputs } from '../support/counts';
import { inThemes, ONCE, openNotebook, plain } from '../support/lab';
import { chipsOf, tagsOf, UNTAGGED } from '../support/notebooks';

test.describe('suggested stages', () => {
  test(
    'make four stages with 2 clicks and 0 keys',
    inThemes(async ({ page, path, shot }) => {
      await openNotebook(page, path, UNTAGGED);
      const before = await tagsOf(page);
      const counts = await countInputs(page);
      await page
        .getByRole('button', { name: /^Suggest stages from headings/ })
        .click();

      const bar = page.getByRole('region', { name: 'Suggested stages' });
      await expect(bar).toContainText('4 stages');
      await expect
        .poll(async () => Object.values(await chipsOf(page)))
        .toContain('train ?');
      expect(await tagsOf(page)).toEqual(before);
      await shot('suggested');

      await bar.getByRole('button', { name: 'Accept' }).click();
      await expect(bar).toHaveCount(0);
      const tags = (await tagsOf(page)).flat();
      for (const stage of ['load', 'prepare', 'train', 'report']) {
        expect(tags).toContain(`stage:${stage}`);
      }
      expect(await counts()).toEqual({ clicks: 2, keys: 0 });
      // What is done is not offered again.
      await expect(
        page.getByRole('button', { name: /^Suggest stages from headings/ })
      ).toBeHidden();
      await shot('accepted');

      await page.keyboard.press('Control+z');
      await expect.poll(() => tagsOf(page)).toEqual(before);
    })
  );

  test(
    'are taken away by Escape, and leave no trace',
    inThemes(async ({ page, path }) => {
      await openNotebook(page, path, UNTAGGED);
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
    }, ONCE)
  );

  test(
    'say what is wrong when the server does not answer',
    inThemes(async ({ page, path }) => {
      await openNotebook(page, path, UNTAGGED);
      await page.route('**/mlcode/suggest*', route => route.abort());
      await page.notebook.selectCells(0);
      await page.keyboard.type('tg');
      const bar = page.getByRole('region', { name: 'Suggested stages' });
      await expect(bar.getByRole('status')).toContainText('No suggestion');
      await bar.getByRole('button', { name: 'Close' }).click();
      await expect(bar).toHaveCount(0);
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await plain(page).unroute('**/mlcode/suggest*');
    }, ONCE)
  );
});
