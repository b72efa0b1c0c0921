import { expect, test } from '@jupyterlab/galata';

import { countInputs } from '../support/counts';
import { inThemes, openNotebook } from '../support/lab';
import { UNTAGGED } from '../support/notebooks';

test(
  'an opened notebook is an exported pipeline after 4 clicks and 0 keys',
  inThemes(async ({ page, path, base, shot }) => {
    await openNotebook(page, path, UNTAGGED);
    const counts = await countInputs(page);
    const toolbar = page.getByRole('toolbar', { name: 'main area toolbar' });

    await toolbar.getByRole('button', { name: /^Suggest stages/ }).click();
    await page
      .getByRole('region', { name: 'Suggested stages' })
      .getByRole('button', { name: 'Accept' })
      .click();
    await toolbar.getByRole('button', { name: 'Export to pipeline' }).click();
    await page
      .getByRole('dialog', { name: 'Export to pipeline' })
      .getByRole('button', { name: 'Export' })
      .click();

    const told = page.locator('.Toastify__toast');
    await expect(told).toContainText('Exported to');
    expect(await counts()).toEqual({ clicks: 4, keys: 0 });
    await told.hover(); // it goes away after 20 s, but not while somebody points at it
    await shot('exported');
    for (const stage of ['load', 'prepare', 'train', 'report']) {
      const script = `${base}/stage_${stage}.py`;
      expect(await page.contents.fileExists(script), script).toBe(true);
    }

    await page.context().grantPermissions(['clipboard-read']);
    await told.getByRole('button', { name: 'Copy CI command' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(/^papermill \S+\/pipeline\.ipynb out\.ipynb .*--cwd \S+$/);
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain(base);
  })
);
