import { expect, galata, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { inThemes, openNotebook } from '../support/lab';
import type { IFlow } from '../support/lab';
import { chipsOf, tagsOf } from '../support/notebooks';

const CELLS = Array.from({ length: 300 }, (_, index) => ({
  source: `value_${index} = ${index}`,
  tags: index % 3 === 2 ? undefined : [`stage:part_${Math.floor(index / 30)}`]
}));

function chipOf(index: number): string {
  return index % 3 === 2 ? 'counts as setup' : `part_${Math.floor(index / 30)}`;
}

async function scrollTo(page: Page, index: number): Promise<void> {
  await page.evaluate(async at => {
    const panel = window.jupyterapp.shell.currentWidget as unknown as {
      content: {
        activeCellIndex: number;
        scrollToItem(index: number, align: string): Promise<void>;
      };
    };
    panel.content.activeCellIndex = at;
    await panel.content.scrollToItem(at, 'center');
  }, index);
}

/** Goes here and there, and looks at the chips of all cells that are drawn. */
async function showTheirStages({ page, path }: IFlow): Promise<void> {
  await openNotebook(page, path, CELLS);
  for (const index of [0, 150, 299, 40]) {
    const cell = page.locator(
      `.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`
    );
    // Some modes draw a cell only when the browser has time for it.
    await expect(async () => {
      await scrollTo(page, index);
      await expect(cell).toBeInViewport({ timeout: 1000 });
      expect((await chipsOf(page))[index]).toBe(chipOf(index));
    }).toPass();
    for (const [place, chip] of Object.entries(await chipsOf(page))) {
      expect([place, chip]).toEqual([place, chipOf(Number(place))]);
    }
  }
}

/** Deletes, tags out of view, and moves. */
async function followTheirCells({ page }: IFlow): Promise<void> {
  await scrollTo(page, 0);
  await page.notebook.selectCells(0);
  await page.keyboard.press('d');
  await page.keyboard.press('d');
  await expect.poll(async () => (await chipsOf(page))['2']).toBe('part_0');
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('mlcode:set-stage', {
      stage: 'far',
      cellIds: ['c299']
    })
  );
  expect((await tagsOf(page)).at(-1)).toEqual(['stage:far']);
  await page.keyboard.press('Control+Shift+ArrowDown');
  await expect.poll(async () => (await chipsOf(page))['1']).toBe('part_0');
  await expect(async () => {
    await scrollTo(page, 298);
    expect((await chipsOf(page))['298']).toBe('far');
  }).toPass();
}

for (const windowingMode of ['defer', 'full', 'none', 'contentVisibility']) {
  test.describe(`300 cells, windowing mode ${windowingMode}`, () => {
    test.use({
      mockSettings: {
        ...galata.DEFAULT_SETTINGS,
        '@jupyterlab/notebook-extension:tracker': { windowingMode }
      }
    });

    test(
      'every cell in view shows its own stage',
      inThemes(async flow => {
        await showTheirStages(flow);
        await flow.shot(windowingMode);
        await followTheirCells(flow);
      })
    );
  });
}
