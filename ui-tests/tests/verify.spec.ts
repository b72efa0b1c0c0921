import { expect, test } from '@jupyterlab/galata';

import { inThemes } from '../support/lab';
import { openPipeline, SHOP } from '../support/pipelines';

test(
  'a part is run after the whole was; the whole is verified',
  inThemes(async ({ page, path, shot }) => {
    const panel = await openPipeline(page, path, SHOP);
    await panel.getByRole('button', { name: 'Verify' }).click();
    const trust = page.getByRole('dialog', { name: /not trusted/ });
    const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
    await trust.getByRole('button', { name: 'Run' }).click();
    await dialog.getByRole('button', { name: 'Export' }).click();
    const runs = panel.locator('.jp-mlcode-Run');
    await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
      timeout: 120000
    });
    await expect(runs.first()).toContainText('verify: equal');
    const stages = panel.getByRole('list', { name: 'Stages of the run' });
    await expect(stages.getByText('✓ equal')).toHaveCount(4);
    await stages.scrollIntoViewIfNeeded();
    await shot('verified');

    await panel.getByRole('button', { name: '▶ Run' }).click();
    await expect(runs).toHaveCount(2);
    await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
      timeout: 120000
    });
    await panel
      .getByLabel('Stages', { exact: true })
      .last()
      .selectOption('from total');
    await panel.getByRole('button', { name: '▶ Run' }).click();
    await expect(runs).toHaveCount(3);
    await expect(runs.first()).toHaveAttribute('data-state', 'completed', {
      timeout: 120000
    });
    await shot('from-here');
  })
);
