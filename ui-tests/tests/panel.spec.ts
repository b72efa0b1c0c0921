import { expect, galata, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

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

async function openPanel(page: IJupyterLabPageFixture): Promise<void> {
  await page.sidebar.openTab('jp-mlcode-pipeline-panel');
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
    await openPanel(page);
    const panel = page.getByRole('region', { name: 'Pipeline' });
    await expect(panel).toContainText('Open a notebook to see its stages.');
  });

  for (const theme of ['Light', 'Dark']) {
    test(`lists the stages of a tagged notebook (${theme})`, async ({
      page,
      tmpPath
    }, testInfo) => {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.notebook.openByPath(`${tmpPath}/${NOTEBOOK}`);
      await openPanel(page);

      const rows = page
        .getByRole('list', { name: 'Stages' })
        .getByRole('button');
      await expect(rows).toHaveText([/load\s*2 cells/, /train\s*1 cell/]);
      await page.screenshot({
        path: testInfo.outputPath(`panel-${theme}.png`)
      });
    });
  }

  test('leads to the first cell of a stage', async ({ page, tmpPath }) => {
    await page.notebook.openByPath(`${tmpPath}/${NOTEBOOK}`);
    await openPanel(page);
    await page.getByRole('button', { name: /train/ }).click();

    const cell = page.locator('.jp-Notebook .jp-Cell.jp-mod-active');
    await expect(cell).toHaveAttribute('data-windowed-list-index', '28');
    await expect(cell).toBeInViewport();
  });

  test('follows a change of tags', async ({ page, tmpPath }) => {
    await page.notebook.openByPath(`${tmpPath}/${NOTEBOOK}`);
    await openPanel(page);
    const rows = page.getByRole('list', { name: 'Stages' }).getByRole('button');
    await expect(rows).toHaveCount(2);

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
    await expect(rows).toHaveText([/load/, /report\s*1 cell/, /train/]);
  });
});
