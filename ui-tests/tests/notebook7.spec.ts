import { galata } from '@jupyterlab/galata';
// Galata's own page waits for JupyterLab.
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';

import { chipsOf, notebookText } from '../support/notebooks';

const CELLS = [
  { source: '# Words' },
  { source: 'rows = [1, 2]', tags: ['slow', 'stage:load'] },
  { source: 'total = sum(rows)' },
  { source: 'print(total)', tags: ['stage:report'] }
];

const PATH = 'notebook-7.ipynb';

async function savedTags(page: Page): Promise<unknown[]> {
  const reply = await page.request.get(`/files/${PATH}`);
  const { cells } = (await reply.json()) as {
    cells: { metadata: { tags?: string[] } }[];
  };
  return cells.map(cell => cell.metadata.tags ?? null);
}

test('Notebook 7 has the same marks and commands', async ({
  page,
  request
}, testInfo) => {
  const answer = await request.get('/tree');
  expect(answer.status(), 'Notebook 7 is installed').toBe(200);
  await galata
    .newContentsHelper(request)
    .uploadContent(notebookText(CELLS), 'text', PATH);
  await page.goto(`/notebooks/${PATH}`);
  await expect
    .poll(() => chipsOf(page), { timeout: 60000 })
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
    expect(await savedTags(page)).toEqual([
      null,
      ['slow', 'stage:load'],
      ['stage:train'],
      ['stage:report']
    ]);
  }).toPass({ timeout: 15000 });
  await page.keyboard.press('Control+z');
  await expect
    .poll(() => chipsOf(page))
    .toEqual({ 1: 'load', 2: expect.stringContaining('needed'), 3: 'report' });
  await galata.newContentsHelper(request).deleteFile(PATH);
});
