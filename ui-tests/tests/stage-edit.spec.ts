import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { inThemes, ONCE } from '../support/lab';
import { metadataOf, tagsOf } from '../support/notebooks';
import { analysed, openPipeline, SHOP } from '../support/pipelines';

/** The stages of the cells of SHOP from top to bottom. */
async function stagesOf(page: IJupyterLabPageFixture): Promise<string[]> {
  const tags = (await tagsOf(page)) as (string[] | null)[];
  return tags
    .flatMap(of => of ?? [])
    .filter(tag => tag.startsWith('stage:'))
    .map(tag => tag.slice('stage:'.length));
}

async function select(panel: Locator, title: RegExp): Promise<void> {
  await panel
    .getByRole('list', { name: 'Stages' })
    .getByRole('button', { name: title })
    .click();
}

test.describe('a stage is edited in its row', () => {
  test(
    'renamed, recolored, merged and cleared, each undone in one step',
    inThemes(async ({ page, path, shot }) => {
      const panel = await openPipeline(page, path, SHOP);
      const before = ['load', 'split', 'total', 'report'];
      const undo = async (): Promise<void> => {
        await page.evaluate(() =>
          window.jupyterapp.commands.execute('mlcode:undo-tags')
        );
        await expect.poll(() => stagesOf(page)).toEqual(before);
      };

      await select(panel, /Split off/);
      await panel.getByRole('button', { name: 'Rename' }).click();
      const field = panel.getByLabel('New name of split');
      await field.fill('No Name');
      await expect(
        panel.getByRole('button', { name: 'Rename' })
      ).toBeDisabled();
      await field.fill('few');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => stagesOf(page))
        .toEqual(['load', 'few', 'total', 'report']);
      await shot('renamed');
      await undo();

      await select(panel, /Sum up/);
      await panel.getByRole('button', { name: 'Color', exact: true }).click();
      await panel.getByRole('button', { name: 'Color 6', exact: true }).click();
      // The others are to keep theirs, whatever comes.
      await expect
        .poll(() => metadataOf(page, 'mlcode'))
        .toEqual({ colors: { load: 0, split: 1, total: 5, report: 3 } });
      await undo();
      await expect.poll(() => metadataOf(page, 'mlcode')).toBeNull();

      await panel
        .getByLabel('Merge total into another stage')
        .selectOption('report');
      await expect
        .poll(() => stagesOf(page))
        .toEqual(['load', 'split', 'report', 'report']);
      await undo();

      await select(panel, /Split off/);
      await panel.getByRole('button', { name: 'Clear', exact: true }).click();
      await expect
        .poll(() => stagesOf(page))
        .toEqual(['load', 'total', 'report']);
      await undo();
      await analysed(panel);
    })
  );

  test(
    'a fix is a command that can be undone',
    inThemes(async ({ page, path }) => {
      const cells = SHOP.map(cell =>
        cell.tags?.includes('stage:split') ? { source: cell.source } : cell
      );
      const panel = await openPipeline(page, path, cells);
      await expect(panel.getByRole('list', { name: 'Problems' })).toBeVisible();
      await page.evaluate(() =>
        window.jupyterapp.commands.execute('mlcode:apply-fix', {
          cellId: 'c6',
          tag: 'stage:split'
        })
      );
      await expect(panel.getByText('✓ No problems found.')).toBeVisible();
      expect(await stagesOf(page)).toEqual([
        'load',
        'split',
        'total',
        'report'
      ]);
      await page.evaluate(() =>
        window.jupyterapp.commands.execute('mlcode:undo-tags')
      );
      await expect(panel.getByRole('list', { name: 'Problems' })).toBeVisible();
    }, ONCE)
  );
});
