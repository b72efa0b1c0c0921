import { expect, galata, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { openNotebook, openUploaded } from '../support/lab';
import { openPanel } from '../support/pipelines';

const NOTEBOOK = 'tagged.ipynb';

/** A notebook with stages load (2 cells, apart) and train (1 cell), long enough to scroll. */
function taggedNotebook(): object {
  const notebook = galata.Notebook.generateNotebook(30, 'code', ['x = 1']);
  const stages: Record<number, string> = { 1: 'load', 4: 'load', 28: 'train' };
  notebook.cells.forEach((cell, index) => {
    cell.metadata = index in stages ? { tags: [`stage:${stages[index]}`] } : {};
  });
  return notebook;
}

function rowsOf(page: IJupyterLabPageFixture): Locator {
  return page.getByRole('list', { name: 'Stages' }).getByRole('listitem');
}

test.describe('the pipeline panel', () => {
  test.beforeEach(async ({ page, tmpPath }) => {
    await page.contents.uploadContent(
      JSON.stringify(taggedNotebook()),
      'text',
      `${tmpPath}/${NOTEBOOK}`
    );
  });

  test('asks for a notebook when none is open', async ({ page }) => {
    const panel = await openPanel(page);
    await expect(panel).toContainText('Open a notebook to see its stages.');
  });

  test('leads to the first cell of a stage', async ({ page, tmpPath }) => {
    await openUploaded(page, `${tmpPath}/${NOTEBOOK}`);
    await openPanel(page);
    await rowsOf(page).getByRole('button', { name: /train/ }).click();

    const cell = page.locator('.jp-Notebook .jp-Cell.jp-mod-active');
    await expect(cell).toHaveAttribute('data-windowed-list-index', '28');
    await expect(cell).toBeInViewport();
  });

  test('follows a change of tags at once', async ({ page, tmpPath }) => {
    await openUploaded(page, `${tmpPath}/${NOTEBOOK}`);
    await openPanel(page);
    await expect(rowsOf(page)).toHaveCount(2);

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
      panel.content.model.cells.get(10).setMetadata('tags', ['stage:report']);
    });
    await expect(rowsOf(page)).toHaveText([/load/, /report/, /train/]);
  });

  test('renames, recolors, merges and clears in place', async ({
    page,
    tmpPath
  }, testInfo) => {
    await openUploaded(page, `${tmpPath}/${NOTEBOOK}`);
    const panel = await openPanel(page);
    const train = rowsOf(page).getByRole('button', { name: /train/ });
    await train.click();
    // The cell is shown, and whoever looks at a stage stays in the panel.
    await expect(
      page.locator('.jp-Cell[data-windowed-list-index="28"]')
    ).toBeInViewport();
    await page.waitForTimeout(1000);
    await expect(train).toBeFocused();
    await page.keyboard.press('F2');
    await page.getByLabel('New name of train').fill('fit');
    await page.keyboard.press('Enter');
    await expect(rowsOf(page)).toHaveText([/load/, /fit/]);

    await panel.getByRole('button', { name: 'Color' }).click();
    await page.screenshot({ path: testInfo.outputPath('colors.png') });
    await panel.getByRole('button', { name: 'Color 6' }).click();
    await expect(rowsOf(page).nth(1)).toHaveAttribute('style', /palette-5/);

    await panel.getByLabel('Merge fit into another stage').selectOption('load');
    await expect(rowsOf(page)).toHaveText([/load/]);
    await panel.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(
      panel.getByRole('button', { name: 'Suggest stages' })
    ).toBeVisible();
  });

  test('keeps its state for each of three notebooks, without a dialog', async ({
    page,
    tmpPath
  }) => {
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      await openNotebook(
        page,
        `${tmpPath}/${name}.ipynb`,
        JSON.stringify(taggedNotebook())
      );
    }
    const panel = await openPanel(page);
    await panel.getByRole('tab', { name: 'Graph' }).click();
    await page.activity.activateTab('one.ipynb');
    await expect(panel.getByRole('tab', { name: 'List' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await page.activity.activateTab('three.ipynb');
    await expect(panel.getByRole('tab', { name: 'Graph' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.locator('.Toastify__toast')).toHaveCount(0);
    await expect(panel.locator('.jp-mlcode-Notice')).toHaveCount(0);
  });
});
