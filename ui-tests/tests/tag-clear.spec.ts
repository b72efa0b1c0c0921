import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE } from '../support/lab';
import type { IFlow } from '../support/lab';
import { chipsOf, tagsOf } from '../support/notebooks';
import { openPipeline } from '../support/pipelines';

const CELLS = [
  { source: 'rows = []\nrows.append(3)', tags: ['stage:load'] },
  { source: 'total = sum(rows)', tags: ['stage:train'] },
  { source: 'print(total)', tags: ['stage:report'] }
];

async function openAndSelect(
  { page, path }: IFlow,
  cell: number
): Promise<void> {
  await openPipeline(page, path, CELLS);
  await expect(
    page.getByRole('button', { name: '3 stages', exact: true })
  ).toBeVisible();
  await page.notebook.selectCells(cell);
}

test.describe('clearing a stage that others need', () => {
  test(
    'says what changes, without a dialog, and undoes it',
    inThemes(async flow => {
      const { page, shot } = flow;
      await openAndSelect(flow, 0);
      await page.keyboard.type('tc');
      await expect.poll(async () => (await tagsOf(page))[0]).toBeNull();
      const toast = page.locator('.Toastify__toast');
      await expect(toast).toContainText('train needs rows from there.');
      await toast.hover(); // it goes away after 10 s, but not while somebody points at it
      await expect(page.getByRole('dialog')).toHaveCount(0);
      // The cell now says itself that it is missing.
      await expect
        .poll(async () => (await chipsOf(page))['0'])
        .toContain('needed, but in no stage');
      await shot('cleared');

      await toast.getByRole('button', { name: 'Undo' }).click();
      await expect
        .poll(async () => (await tagsOf(page))[0])
        .toEqual(['stage:load']);
      await expect.poll(async () => (await chipsOf(page))['0']).toBe('load');
    })
  );

  test(
    'is silent where nobody needs the cell',
    inThemes(async flow => {
      const { page } = flow;
      await openAndSelect(flow, 2);
      await page.keyboard.type('tx');
      await expect.poll(async () => (await tagsOf(page))[2]).toEqual(['skip']);
      await expect(page.locator('.Toastify__toast')).toHaveCount(0);
    }, ONCE)
  );
});
