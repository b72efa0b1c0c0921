import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import type { IFlow } from '../support/lab';
import { chipsOf, tagsOf } from '../support/notebooks';

const CELLS = [
  { source: '# Title' },
  { source: 'import json' },
  { source: 'rate = 1' },
  { source: 'rows = [1, 2]' },
  { source: '# Between' },
  { source: 'rows.append(3)' },
  { source: 'print(rows)' }
];

async function openAndSelect({ page, path }: IFlow): Promise<void> {
  await openNotebook(page, path, CELLS);
  await page.notebook.selectCells(1);
}

test.describe('tagging by the keyboard only', () => {
  test(
    'tags every cell without the mouse',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      const keys = page.keyboard;
      const field = page.getByRole('combobox', { name: /^Stage of/ });

      await keys.type('ts');
      await keys.press('ArrowDown');
      await keys.type('tp');
      await keys.press('ArrowDown');
      await keys.type('tt');
      await expect(field).toBeFocused();
      await keys.type('Load data');
      await keys.press('Enter');
      // The markdown cell in between is passed over.
      await expect(field).toHaveAccessibleName('Stage of Cell 6');
      await keys.type('lo');
      await keys.press('Tab');
      await expect(field).toHaveValue('load_data');
      await keys.press('Enter');
      await expect(field).toHaveAccessibleName('Stage of Cell 7');
      await keys.press('ArrowDown');
      await expect(
        page.getByRole('option', { name: 'load_data', selected: true })
      ).toBeVisible();
      await keys.press('Escape');

      await expect(field).toHaveCount(0);
      await keys.type('tx');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([
          null,
          ['setup'],
          ['parameters'],
          ['stage:load_data'],
          null,
          ['stage:load_data'],
          ['skip']
        ]);
      await expect
        .poll(() => chipsOf(page))
        .toEqual({
          1: 'setup',
          2: 'parameters',
          3: 'load_data',
          5: 'load_data',
          6: 'skip'
        });
    })
  );

  test(
    'goes on over a cell that stays as it is',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      const field = page.getByRole('combobox', { name: /^Stage of/ });
      await page.keyboard.type('tt');
      await expect(field).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(field).toHaveAccessibleName('Stage of Cell 3');
      await page.keyboard.press('Escape');
      await expect(page.locator('.jp-Notebook :focus')).toHaveCount(1);
      expect(await tagsOf(page)).toEqual([
        null,
        null,
        null,
        null,
        null,
        null,
        null
      ]);
    }, ONCE)
  );

  test(
    'clears a tag, and walks from stage to stage',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      const keys = page.keyboard;
      const active = page.locator('.jp-Notebook .jp-Cell.jp-mod-active');
      const isAt = (index: number): Promise<void> =>
        expect(active).toHaveAttribute('data-windowed-list-index', `${index}`);

      for (const name of ['a', 'b', 'b', 'c']) {
        await keys.type('tt');
        await expect(
          page.getByRole('combobox', { name: /^Stage of/ })
        ).toBeFocused();
        await keys.type(name);
        await keys.press('Enter');
        await keys.press('Escape');
      }
      await isAt(6);
      await keys.type('tk');
      await isAt(5);
      await keys.type('tk');
      await isAt(2);
      await keys.type('tk');
      await isAt(1);
      await keys.type('tj');
      await isAt(2);
      await keys.type('tc');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([
          null,
          ['stage:a'],
          null,
          ['stage:b'],
          null,
          ['stage:c'],
          null
        ]);
    }, ONCE)
  );
});
