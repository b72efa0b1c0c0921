import { expect, test } from '@jupyterlab/galata';

import { violations } from '../support/axe';
import { inThemes, openNotebook, THEMES } from '../support/lab';
import { UNTAGGED } from '../support/notebooks';
import { openPipeline, SHOP, withSource } from '../support/pipelines';

const ALL_THEMES = [...THEMES, 'Dark High Contrast'];
const PANEL = '#jp-mlcode-pipeline-panel';
const POPOVER = '.jp-mlcode-StagePopover';

const BROKEN = withSource(SHOP, 'stage:total', 'total = sum(missing)');

test(
  'axe-core finds nothing in panel and dialog',
  inThemes(async ({ page, path, base }) => {
    const panel = await openPipeline(page, path, SHOP);
    expect(await violations(page, PANEL)).toEqual([]);

    await panel.getByRole('tab', { name: 'Graph' }).click();
    await panel.getByRole('button', { name: 'load to split: orders' }).click();
    expect(await violations(page, PANEL)).toEqual([]);

    await panel.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await violations(page, '.jp-Dialog')).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await openPipeline(page, `${base}-broken.ipynb`, BROKEN);
    await expect(panel).toContainText('MLC021');
    expect(await violations(page, PANEL)).toEqual([]);
  }, ALL_THEMES)
);

test(
  'axe-core finds nothing in what is asked and suggested at the cells',
  inThemes(async ({ page, path, base, shot }) => {
    await openNotebook(page, path, SHOP);
    await page.notebook.selectCells(4);
    await page.keyboard.type('tt');
    const field = page.getByRole('combobox', { name: 'Stage of Cell 5' });
    await expect(field).toBeFocused();
    expect(await violations(page, POPOVER)).toEqual([]);
    await field.fill('r');
    await page.keyboard.press('ArrowDown');
    await expect(
      page.getByRole('option', { name: 'report', selected: true })
    ).toBeVisible();
    expect(await violations(page, POPOVER)).toEqual([]);
    await field.fill('1');
    await expect(page.getByRole('alert')).toContainText('begins with a letter');
    expect(await violations(page, POPOVER)).toEqual([]);
    await shot('popover');
    await page.keyboard.press('Escape');

    await openNotebook(page, `${base}-untagged.ipynb`, UNTAGGED);
    await page.notebook.selectCells(0);
    await page.keyboard.type('tg');
    const bar = page.getByRole('region', { name: 'Suggested stages' });
    await expect(bar.getByRole('button', { name: 'Accept' })).toBeFocused();
    expect(await violations(page, '.jp-mlcode-SuggestionBar')).toEqual([]);
  }, ALL_THEMES)
);
