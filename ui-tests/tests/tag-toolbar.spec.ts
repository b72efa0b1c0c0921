import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import { chipsOf, tagsOf } from '../support/notebooks';

const CELLS = [
  { source: 'rows = [1, 2]', tags: ['slow'] },
  { source: 'total = sum(rows)' },
  { source: 'print(total)' }
];

test.describe('tagging by the toolbar', () => {
  test(
    'gives cell after cell its stage',
    inThemes(
      async ({ page, path, shot }) => {
        await openNotebook(page, path, CELLS);
        await page.notebook.selectCells(0);
        await page
          .locator('.jp-cell-toolbar')
          .getByRole('button', { name: /pipeline stage/ })
          .click();

        const field = page.getByRole('combobox', { name: 'Stage of Cell 1' });
        await expect(field).toBeFocused();
        await field.fill('load');
        await expect(
          page.getByRole('option', { name: 'New stage: load' })
        ).toBeVisible();
        await page.keyboard.press('Enter');

        const next = page.getByRole('combobox', { name: 'Stage of Cell 2' });
        await expect(next).toBeFocused();
        await next.fill('L');
        await shot('popover');
        await page.getByRole('option', { name: 'load', exact: true }).click();
        await expect(
          page.getByRole('combobox', { name: 'Stage of Cell 3' })
        ).toBeFocused();
        await page.keyboard.press('Escape');

        await expect(
          page.getByRole('combobox', { name: /Stage of/ })
        ).toHaveCount(0);
        await expect(page.locator('.jp-Notebook :focus')).toHaveCount(1);
        expect(await tagsOf(page)).toEqual([
          ['slow', 'stage:load'],
          ['stage:load'],
          null
        ]);
        // What becomes of the third cell is said as soon as it is analysed.
        await expect
          .poll(() => chipsOf(page))
          .toEqual({ 0: 'load', 1: 'load', 2: 'left out' });
        await shot('chips');
      },
      ['Light', 'Dark', 'Dark High Contrast']
    )
  );

  test(
    'says why a name cannot be one',
    inThemes(async ({ page, path }) => {
      await openNotebook(page, path, CELLS);
      await page.notebook.selectCells(0);
      await page
        .locator('.jp-cell-toolbar')
        .getByRole('button', { name: /pipeline stage/ })
        .click();
      await page.getByRole('combobox', { name: /Stage of/ }).fill('größe 1');
      await expect(
        page.getByRole('option', { name: 'New stage: grosse_1' })
      ).toBeVisible();
      await page.getByRole('combobox', { name: /Stage of/ }).fill('1');
      await expect(page.getByRole('alert')).toContainText(
        'begins with a letter'
      );
      await page.keyboard.press('Enter');
      expect(await tagsOf(page)).toEqual([['slow'], null, null]);
    }, ONCE)
  );

  test(
    'marks a cell by the context menu',
    inThemes(async ({ page, path }) => {
      await openNotebook(page, path, CELLS);
      await page
        .locator('.jp-Notebook .jp-Cell')
        .nth(1)
        .click({ button: 'right' });
      await page
        .locator('.lm-Menu-item', { hasText: 'Pipeline Stage' })
        .hover();
      await page.getByRole('menuitem', { name: 'Mark as Setup' }).click();
      expect(await tagsOf(page)).toEqual([['slow'], ['setup'], null]);
      await expect.poll(() => chipsOf(page)).toEqual({ 1: 'setup' });
    }, ONCE)
  );
});
