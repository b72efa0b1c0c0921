/* eslint-disable jupyter/galata-prefer-menu-helper -- Galata's page is JupyterLab's. */
import { galata } from '@jupyterlab/galata';
// Galata's own page waits for JupyterLab.
import { expect, test as base } from '@playwright/test';
import type { Page } from '@playwright/test';

import { chipsOf, notebookText } from '../support/notebooks';
import type { ICell } from '../support/notebooks';
import { SHOP } from '../support/pipelines';

const CELLS = [
  { source: '# Words' },
  { source: 'rows = [1, 2]', tags: ['slow', 'stage:load'] },
  { source: 'total = sum(rows)' },
  { source: 'print(total)', tags: ['stage:report'] }
];

interface IFixtures {
  /** A folder on the server that is this test's alone. */
  readonly folder: string;
  /** Opens a new notebook of that name in Notebook 7. */
  readonly open: (name: string, cells: ReadonlyArray<ICell>) => Promise<void>;
}

const test = base.extend<IFixtures>({
  folder: async ({ request }, use, { testId, repeatEachIndex }) => {
    const contents = galata.newContentsHelper(request);
    const folder = `notebook-7-${testId}-${repeatEachIndex}`;
    await contents.createDirectory(folder);
    await use(folder);
    await contents.deleteDirectory(folder);
  },
  open: async ({ page, request, folder }, use) => {
    const kernels = new Map();
    const sessions = new Map();
    await galata.Mock.mockRunners(page, kernels, 'kernels');
    await galata.Mock.mockRunners(page, sessions, 'sessions', kernels);
    await use(async (name, cells) => {
      const answer = await request.get('/tree');
      expect(answer.status(), 'Notebook 7 is installed').toBe(200);
      const path = `${folder}/${name}`;
      await galata
        .newContentsHelper(request)
        .uploadContent(notebookText(cells, { test: path }), 'text', path);
      await page.goto(`/notebooks/${path}`);
      await page.locator('.jp-Notebook .jp-Cell').first().waitFor();
    });
    await galata.Mock.clearRunners(request, [...sessions.keys()], 'sessions');
  }
});

async function savedTags(page: Page, path: string): Promise<unknown[]> {
  const reply = await page.request.get(`/files/${path}`);
  const { cells } = (await reply.json()) as {
    cells: { metadata: { tags?: string[] } }[];
  };
  return cells.map(cell => cell.metadata.tags ?? null);
}

for (const theme of ['Light', 'Dark']) {
  test.describe(`Notebook 7 (${theme})`, () => {
    test.beforeEach(async ({ page }) => {
      await galata.Mock.mockSettings(page, [], {
        ...galata.DEFAULT_SETTINGS,
        '@jupyterlab/apputils-extension:themes': {
          theme: `JupyterLab ${theme}`
        }
      });
    });

    test('has the same marks and commands', async ({
      page,
      folder,
      open
    }, testInfo) => {
      await open('marks.ipynb', CELLS);
      await expect
        .poll(() => chipsOf(page))
        .toEqual({ 1: 'load', 2: '⚠ needed, but in no stage', 3: 'report' });

      await page.locator('.jp-Notebook .jp-InputPrompt').nth(2).click();
      await page.keyboard.type('tt');
      const field = page.getByRole('combobox', { name: 'Stage of Cell 3' });
      await expect(field).toBeFocused();
      await field.fill('train');
      await page.screenshot({ path: testInfo.outputPath('popover.png') });
      await page.keyboard.press('Enter');
      await expect(
        page.getByRole('combobox', { name: 'Stage of Cell 4' })
      ).toBeFocused();
      await page.keyboard.press('Escape');
      await expect
        .poll(() => chipsOf(page))
        .toEqual({ 1: 'load', 2: 'train', 3: 'report' });
      await page.screenshot({ path: testInfo.outputPath('marks.png') });

      await page.keyboard.press('Control+s');
      // While the file is being written it is empty.
      await expect(async () => {
        expect(await savedTags(page, `${folder}/marks.ipynb`)).toEqual([
          null,
          ['slow', 'stage:load'],
          ['stage:train'],
          ['stage:report']
        ]);
      }).toPass();
      await page.keyboard.press('Control+z');
      await expect
        .poll(() => chipsOf(page))
        .toEqual({
          1: 'load',
          2: expect.stringContaining('needed'),
          3: 'report'
        });
    });

    test('has the panel, and exports', async ({
      page,
      folder,
      open
    }, testInfo) => {
      await open('shop.ipynb', SHOP);
      await page.getByRole('menuitem', { name: 'View' }).click();
      await page.locator('.lm-Menu-item', { hasText: 'Left Sidebar' }).hover();
      await page.getByRole('menuitem', { name: 'Show Pipeline' }).click();
      const panel = page.getByRole('region', { name: 'Pipeline' });
      await expect(
        panel.getByRole('list', { name: 'Stages' }).getByRole('listitem')
      ).toHaveText([
        /Load the orders.*cell 5.*→.*orders/,
        /Split off small orders.*orders → small/,
        /Sum up.*orders → total/,
        /Report/
      ]);
      await panel.getByRole('button', { name: /Sum up/ }).click();
      await expect(
        page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
      ).toContainText('total = sum(orders)');
      await page.screenshot({ path: testInfo.outputPath('panel.png') });

      await panel.getByRole('button', { name: 'Export' }).click();
      await page
        .getByRole('dialog', { name: 'Export to pipeline' })
        .getByRole('button', { name: 'Export' })
        .click();
      const told = page.locator('.Toastify__toast');
      await expect(told).toContainText(`Exported to ${folder}/shop`);

      // There is no file browser on this page: the folder is another page.
      const opened = page.context().waitForEvent('page');
      await told.getByRole('button', { name: 'Open folder' }).click();
      const tree = await opened;
      await expect(
        tree.getByRole('listitem', { name: /^Name: pipeline\.yaml/ })
      ).toBeVisible();
    });
  });
}
