import { expect, test } from '@jupyterlab/galata';

import { inThemes, ONCE, openNotebook } from '../support/lab';
import { notebookText } from '../support/notebooks';
import {
  analysed,
  openPanel,
  SHOP,
  widenSidebar,
  withSource
} from '../support/pipelines';
import { begin, firstRun, reload, start } from '../support/runs';

const SLOW = withSource(
  SHOP,
  'stage:split',
  'import time\nfor second in range(60):\n    print("second", second)\n    time.sleep(1)\nsmall = [order for order in orders if order < threshold]'
);
const FAILING = withSource(
  SHOP,
  'stage:total',
  'start = 0\ntotal = orders[0] / start'
);

test.describe('a run', () => {
  test(
    'with a changed parameter shows its progress and its files',
    inThemes(async ({ page, path, shot }) => {
      const panel = await begin(page, path, SHOP, '▶ Run', async panel => {
        const field = panel.getByLabel('threshold');
        await field.fill('many');
        await expect(panel.getByRole('alert')).toHaveText(
          'A number is needed.'
        );
        await expect(
          panel.getByRole('button', { name: '▶ Run' })
        ).toBeDisabled();
        await field.fill('1.5');
      });
      const run = firstRun(panel);
      await expect(run).toContainText('running');
      await expect(run).toContainText('threshold=1.5');
      await expect(
        run.getByRole('list', { name: 'Stages of the run' })
      ).toContainText(/of \d cells/, { timeout: 60000 });
      await shot('progress');
      await expect(run).toHaveAttribute('data-state', 'completed', {
        timeout: 120000
      });
      await expect(run.getByRole('log')).not.toBeEmpty();
      await shot('completed');
      await run.getByRole('button', { name: 'Open report' }).click();
      await expect(
        page.getByRole('tab', { name: /report\.html/ })
      ).toBeVisible();
      await expect(
        page.frameLocator('.jp-HTMLViewer iframe').locator('body')
      ).toContainText('threshold');

      await page.activity.activateTab(path.replace(/^.*\//, ''));
      const notebooks = run.getByRole('button', { name: 'notebook' });
      await notebooks.last().click();
      // What the stage printed: one order is below 1.5.
      await expect(
        page.locator('.jp-NotebookPanel:visible .jp-OutputArea-output')
      ).toContainText('["all", 1, 15.0]');
    })
  );

  test(
    'with another parameter repeats only what depends on it',
    inThemes(async ({ page, path, shot }) => {
      const panel = await begin(page, path, SHOP);
      const runs = panel.getByRole('list', { name: 'Runs' });
      await expect(firstRun(panel)).toHaveAttribute('data-state', 'completed', {
        timeout: 120000
      });
      await panel.getByLabel('threshold').fill('1.5');
      await panel.getByRole('button', { name: '▶ Run' }).click();
      await expect(runs.locator('.jp-mlcode-Run')).toHaveCount(2);
      const run = firstRun(panel);
      await expect(run).toHaveAttribute('data-state', 'completed', {
        timeout: 120000
      });
      const stages = run.getByRole('list', { name: 'Stages of the run' });
      await expect(stages.getByText('unchanged')).toHaveCount(2);
      await expect(stages.getByText('completed').first()).toBeVisible();
      await shot('unchanged');
      await widenSidebar(page, 250);
      await stages.scrollIntoViewIfNeeded();
      await shot('unchanged-narrow');

      await panel.getByRole('checkbox', { name: 'From scratch' }).check();
      await shot('form-narrow');
      await panel.getByRole('button', { name: '▶ Run' }).click();
      await expect(runs.locator('.jp-mlcode-Run')).toHaveCount(3);
      await expect(firstRun(panel)).toHaveAttribute('data-state', 'completed', {
        timeout: 120000
      });
      await expect(
        firstRun(panel)
          .getByRole('list', { name: 'Stages of the run' })
          .getByText('unchanged')
      ).toHaveCount(0);
    })
  );

  test(
    'is cancelled',
    inThemes(async ({ page, path, shot }) => {
      const panel = await begin(page, path, SLOW);
      const run = firstRun(panel);
      await expect(
        run.getByRole('list', { name: 'Stages of the run' })
      ).toContainText(/split.*of \d cells/, { timeout: 60000 });
      await run.getByRole('button', { name: '■ Cancel' }).click();
      await expect(run).toHaveAttribute('data-state', 'cancelled', {
        timeout: 60000
      });
      await shot('cancelled');
      await expect(panel.getByRole('button', { name: '▶ Run' })).toBeEnabled();
    })
  );

  test(
    'that fails leads to its cell',
    inThemes(async ({ page, path, shot }) => {
      const panel = await begin(page, path, FAILING);
      const run = firstRun(panel);
      await expect(run).toHaveAttribute('data-state', 'failed', {
        timeout: 120000
      });
      await expect(run).toContainText('ZeroDivisionError');
      await shot('failed');
      await run.getByRole('button', { name: /^Go to cell 9/ }).click();
      await expect(
        page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
      ).toContainText('orders[0] / start');
    })
  );

  test(
    'that fails leads to its cell in a file whose cells have no ids',
    inThemes(async ({ page, path }) => {
      const notebook = JSON.parse(notebookText(FAILING, { test: path }));
      notebook.nbformat_minor = 4;
      notebook.cells.forEach((cell: { id?: string }) => delete cell.id);
      await openNotebook(page, path, JSON.stringify(notebook));
      const panel = await openPanel(page);
      await analysed(panel);
      await start(page, panel);
      const run = firstRun(panel);
      await run
        .getByRole('button', { name: /^Go to cell 9/ })
        .click({ timeout: 120000 });
      await expect(
        page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
      ).toContainText('orders[0] / start');
    }, ONCE)
  );

  test(
    'goes on while the browser reloads',
    inThemes(async ({ page, path }) => {
      const panel = await begin(page, path, SLOW);
      await expect(firstRun(panel)).toContainText(/split.*of \d cells/, {
        timeout: 60000
      });
      await reload(page, path);
      const again = page.getByRole('region', { name: 'Pipeline' });
      const run = firstRun(again);
      await expect(run).toHaveAttribute('data-state', 'running');
      await expect(run.getByRole('log')).toContainText(/second \d/, {
        timeout: 30000
      });
      await run.getByRole('button', { name: '■ Cancel' }).click();
      await expect(run).toHaveAttribute('data-state', 'cancelled', {
        timeout: 60000
      });
    })
  );
});
