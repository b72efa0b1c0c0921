import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import type { IFlow } from '../support/lab';
import { metadataOf, notebookText, tagsOf } from '../support/notebooks';

const CELLS = [
  { source: 'rows = [1, 2]', tags: ['slow', 'stage:load', 'hide-input'] },
  { source: 'total = sum(rows)', tags: ['stage:train'] },
  { source: 'print(total)' }
];

async function openAndSelect({ page, path }: IFlow): Promise<void> {
  const text = notebookText(CELLS, { other: { kept: [1] } });
  await openNotebook(page, path, text);
  await page.notebook.selectCells(0);
}

test.describe('undo and redo of tags', () => {
  test(
    'takes edits back and brings them again, to the byte',
    inThemes(async flow => {
      const { page, path } = flow;
      await openAndSelect(flow);
      await page.notebook.save();
      const before = await page.request.get(`/files/${path}`);
      const text = await before.text();

      await page.keyboard.type('tc');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([['slow', 'hide-input'], ['stage:train'], null]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.type('ts');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([['slow', 'hide-input'], ['setup'], null]);

      await page.keyboard.press('Control+z');
      await page.keyboard.press('Control+z');
      await expect
        .poll(() => tagsOf(page))
        .toEqual(CELLS.map(cell => cell.tags ?? null));
      await page.notebook.save();
      const after = await page.request.get(`/files/${path}`);
      expect(await after.text()).toBe(text);

      await page.keyboard.press('Control+Shift+z');
      await page.keyboard.press('Control+Shift+z');
      await expect
        .poll(() => tagsOf(page))
        .toEqual([['slow', 'hide-input'], ['setup'], null]);
    })
  );

  test(
    'gives Ctrl+Z back to what was typed last',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      await page.keyboard.type('tc');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.keyboard.type('x');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+z');
      expect(await page.notebook.getCellTextInput(2)).toBe('print(total)');
      expect((await tagsOf(page))[0]).toEqual(['slow', 'hide-input']);

      // Tags are undone by their own command whatever came later.
      await page.keyboard.type('tz');
      await expect
        .poll(async () => (await tagsOf(page))[0])
        .toEqual(['slow', 'stage:load', 'hide-input']);
    }, ONCE)
  );

  test(
    'keeps the tags that others set in between',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      await page.keyboard.type('tc');
      await expect.poll(async () => (await tagsOf(page))[0]).toHaveLength(2);
      await page.evaluate(() => {
        const panel = window.jupyterapp.shell.currentWidget as unknown as {
          content: {
            model: {
              cells: {
                get(index: number): {
                  setMetadata(key: string, value: unknown): void;
                };
              };
            };
          };
        };
        panel.content.model.cells.get(0).setMetadata('tags', ['slow', 'new']);
      });
      await page.keyboard.type('tz');
      await expect
        .poll(async () => (await tagsOf(page))[0])
        .toEqual(['slow', 'new', 'stage:load']);
    }, ONCE)
  );

  test(
    'keeps colors under a rename, and undoes both at once',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow);
      const colorOf = (index: number): Promise<string> =>
        page
          .locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`)
          .evaluate(cell =>
            (cell as HTMLElement).style.getPropertyValue('--jp-mlcode-color')
          );
      await expect.poll(() => colorOf(1)).toContain('palette-1');
      await page.keyboard.type('tt');
      await page.getByRole('combobox', { name: /^Stage of/ }).fill('train');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      // Now the first stage of the notebook, but it keeps its color.
      await expect.poll(() => colorOf(0)).toContain('palette-1');
      expect(await metadataOf(page, 'mlcode')).toEqual({
        colors: { train: 1 }
      });
      await page.keyboard.press('Control+z');
      await expect.poll(() => colorOf(0)).toContain('palette-0');
      expect(await metadataOf(page, 'mlcode')).toBeNull();
      expect(await metadataOf(page, 'other')).toEqual({ kept: [1] });
    }, ONCE)
  );
});
