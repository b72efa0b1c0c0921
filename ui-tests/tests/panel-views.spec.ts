import { expect, test } from '@jupyterlab/galata';

import { inThemes } from '../support/lab';
import { openPipeline, SHOP, widenSidebar } from '../support/pipelines';

test.describe('the views of the panel', () => {
  for (const width of [300, 620]) {
    test(
      `list and graph (${width} pixels)`,
      inThemes(async ({ page, path, shot }) => {
        const panel = await openPipeline(page, path, SHOP);
        await widenSidebar(page, width);

        const stages = panel.getByRole('list', { name: 'Stages' });
        await expect(stages.getByRole('listitem')).toHaveText([
          /1Load the orders load.*cell 5.*→.*orders/,
          /2Split off small orders split.*cell 7.*orders → small/,
          /3Sum up total.*cell 9.*orders → total/,
          /4Report report.*cell 11.*/
        ]);
        await shot('list');

        await stages.getByRole('button', { name: /Sum up/ }).click();
        await expect(stages.getByRole('listitem').nth(0)).toHaveText(
          /gives orders/
        );
        await expect(stages.getByRole('listitem').nth(3)).toHaveText(
          /takes total/
        );
        await expect(
          page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
        ).toContainText('total = sum(orders)');
        await shot('selected');

        await panel.getByRole('tab', { name: 'Graph' }).click();
        await expect(
          panel.getByRole('button', { name: /^Stage / })
        ).toHaveCount(4);
        await panel
          .getByRole('button', { name: 'load to split: orders' })
          .click();
        const card = panel.getByRole('group', { name: 'From load to split' });
        await expect(card).toContainText(
          'orders, made in cell 5 line 1, changed by orders.append(5.0) in cell 5 line 2, read in cell 7 line 1'
        );
        await shot('graph');
        await card.getByRole('button', { name: 'cell 5 line 2' }).click();
        await expect(page.locator('#jp-main-statusbar')).toContainText(
          'Ln 2, Col 1'
        );
      })
    );
  }

  test(
    'the graph by keyboard',
    inThemes(async ({ page, path }) => {
      const panel = await openPipeline(page, path, SHOP);
      await panel.getByRole('tab', { name: 'List' }).focus();
      await page.keyboard.press('ArrowRight');
      await expect(panel.getByRole('tab', { name: 'Graph' })).toBeFocused();
      for (let count = 0; count < 4; count++) {
        await page.keyboard.press('Tab');
      }
      await expect(
        panel.getByRole('button', { name: 'Stage 1, Load the orders' })
      ).toBeFocused();
      await page.keyboard.press('ArrowDown');
      await expect(panel.locator('.jp-mlcode-Box:focus')).toHaveAttribute(
        'aria-label',
        /Stage [23]/
      );
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect(panel.locator('.jp-mlcode-Card')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(panel.locator('.jp-mlcode-Card')).toHaveCount(0);
    })
  );
});
