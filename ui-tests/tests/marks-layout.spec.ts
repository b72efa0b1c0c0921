import { expect, test } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import { openNotebook, openUploaded } from '../support/lab';
import { boxesOf, chipsOf } from '../support/notebooks';

const CELLS = [
  { source: '# Everything at once' },
  { source: 'import json', tags: ['setup'] },
  { source: 'rate = 1', tags: ['parameters'] },
  { source: 'rows = [1]\nrows.append(rate)', tags: ['stage:load'] },
  { source: 'rows.append(2)' },
  { source: 'print(rows)', tags: ['stage:report'] },
  { source: '1 + 1', tags: ['skip'] },
  { source: 'x = 1', tags: ['stage:Not A Name'] }
];

/** Words take their room as soon as they are rendered. */
function title(page: Pick<Page, 'getByRole'>): Locator {
  return page.getByRole('heading', { name: 'Everything at once' });
}

/** Lets JupyterLab start without this extension. */
async function withoutExtension(page: Page): Promise<void> {
  await page.route(/\/lab(\/|\?|$)/, async route => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({
      response,
      body: body.replace(
        /(<script id="jupyter-config-data"[^>]*>)([\s\S]*?)(<\/script>)/,
        (_, open: string, config: string, close: string) => {
          const read = JSON.parse(config);
          read.federated_extensions = read.federated_extensions.filter(
            (extension: { name: string }) => extension.name !== 'jupyter-mlcode'
          );
          return open + JSON.stringify(read) + close;
        }
      )
    });
  });
}

test('marks move nothing, not by a pixel', async ({
  page,
  tmpPath
}, testInfo) => {
  const path = `${tmpPath}/layout.ipynb`;
  await openNotebook(page, path, CELLS);
  await expect
    .poll(() => chipsOf(page))
    .toMatchObject({ 1: 'setup', 2: 'parameters', 3: 'load', 6: 'skip' });
  // The toolbar of the active cell would make it differ.
  await page.notebook.selectCells(0);
  await expect(title(page)).toBeVisible();
  const withMarks = await boxesOf(page);
  await page.screenshot({ path: testInfo.outputPath('with-marks.png') });

  await withoutExtension(page);
  // A layout that was saved in time would come back with the notebook instead of the launcher.
  await page.goto('?reset');
  await page.evaluate(() => window.jupyterapp.restored);
  // The side bar has to take the same room.
  await page.sidebar.openTab('filebrowser');
  await openUploaded(page, path);
  await page.notebook.selectCells(0);
  await expect(
    page.locator('[data-id="jp-mlcode-pipeline-panel"]')
  ).toHaveCount(0);
  expect(await chipsOf(page)).toEqual({});
  await expect(title(page)).toBeVisible();
  await expect.poll(() => boxesOf(page)).toEqual(withMarks);
});
