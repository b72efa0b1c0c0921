import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, setSetting } from '../support/lab';
import { tagsOf } from '../support/notebooks';
import {
  analysed,
  openPipeline,
  SHOP,
  widenSidebar,
  withSource
} from '../support/pipelines';

const NEEDED = SHOP.map(cell =>
  cell.tags?.includes('stage:split') ? { source: cell.source } : cell
);
const BROKEN = withSource(SHOP, 'stage:split', 'fine = 1\nsmall = [order for');

test.describe('problems', () => {
  test(
    'lead to their line and are fixed in one step',
    inThemes(async ({ page, path, shot }) => {
      const panel = await openPipeline(page, path, NEEDED);
      await widenSidebar(page, 380);
      const problems = panel.getByRole('list', { name: 'Problems' });
      const row = problems.getByRole('listitem').first();
      await expect(row).toContainText(/Error.*MLC0\d\d.*cell 7/);
      await shot('problem');

      await row.getByRole('button').first().click();
      await expect(
        page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
      ).toContainText('small = [');

      await row.getByRole('button', { name: /^Fix: / }).click();
      await expect(panel.getByText('✓ No problems found.')).toBeVisible();
      expect((await tagsOf(page))[6]).toEqual([
        expect.stringMatching(/^stage:/)
      ]);
    })
  );

  test(
    'a syntax error in a cell is marked there and hides nothing else',
    inThemes(async ({ page, path, shot }) => {
      const panel = await openPipeline(page, path, BROKEN);
      await widenSidebar(page, 380);
      const stages = panel.getByRole('list', { name: 'Stages' });
      await expect(stages.getByRole('listitem')).toHaveCount(4);
      await expect(
        panel
          .getByRole('list', { name: 'Problems' })
          .getByRole('listitem')
          .first()
      ).toContainText(/Error.*cell 7 line 2/);
      const sign = page.locator('.jp-Notebook .jp-mlcode-sign-error').first();
      await expect(sign).toBeVisible();
      await shot('syntax');

      // A mark goes as soon as its line is edited, before the next analysis.
      await page.notebook.enterCellEditingMode(6);
      await page.keyboard.press('Control+End');
      await page.keyboard.type(' order in orders]');
      await expect(page.locator('.jp-Notebook .jp-mlcode-sign')).toHaveCount(0);
      await analysed(panel);
      await expect(panel.getByText('✓ No problems found.')).toBeVisible();
    })
  );

  test(
    'no request while typing, one after it',
    inThemes(async ({ page, path }) => {
      await setSetting(page, 'analysisDelay', 3000);
      const panel = await openPipeline(page, path, SHOP);
      const requests: string[] = [];
      page.on('request', request => {
        if (request.url().includes('/mlcode/analyse')) {
          requests.push(request.postData() ?? '');
        }
      });
      await page.notebook.enterCellEditingMode(8);
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\nmore = total + 1', { delay: 60 });
      expect(requests).toHaveLength(0);
      await expect(
        page.locator('#jp-mlcode-pipeline-panel.jp-mod-stale')
      ).toHaveCount(1);
      await analysed(panel);
      expect(requests).toHaveLength(1);
      const { cells, order } = JSON.parse(requests[0]);
      expect(Object.keys(cells)).toEqual(['c8']);
      expect(order).toBeNull();
    }, ONCE)
  );
});
