import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import type { IFlow } from '../support/lab';
import { chipsOf, tagsOf } from '../support/notebooks';

const CELLS = [
  { source: 'a = 1' },
  { source: 'b = 2', tags: ['slow', 'setup'] },
  { source: '# Words', tags: ['slide'] },
  { source: 'c = 3' },
  { source: 'd = 4' }
];

async function openAndSelect({ page, path }: IFlow): Promise<void> {
  await openNotebook(page, path, CELLS);
  await page.notebook.selectCells(0, 3);
}

test.describe('tagging by multi-selection', () => {
  test(
    'puts all selected code cells into one stage',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      await page.keyboard.type('tt');
      const field = page.getByRole('combobox', { name: 'Stage of 3 cells' });
      await expect(field).toBeFocused();
      await field.fill('load');
      await page.keyboard.press('Enter');
      await expect(
        page.getByRole('combobox', { name: 'Stage of Cell 5' })
      ).toBeFocused();
      await page.keyboard.press('Escape');

      expect(await tagsOf(page)).toEqual([
        ['stage:load'],
        ['slow', 'stage:load'],
        ['slide'],
        ['stage:load'],
        null
      ]);
      await expect
        .poll(() => chipsOf(page))
        .toEqual({ 0: 'load', 1: 'load', 3: 'load', 4: 'counts as setup' });
    })
  );

  test(
    'undoes them in one step',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      await page.keyboard.type('tx');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([['skip'], ['slow', 'skip'], ['slide'], ['skip'], null]);
      await page.keyboard.press('Control+z');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([null, ['slow', 'setup'], ['slide'], null, null]);
      await expect.poll(() => chipsOf(page)).toEqual({ 1: 'setup' });
    }, ONCE)
  );
});
