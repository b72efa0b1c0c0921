import { expect, test } from '@jupyterlab/galata';

import { violations } from '../support/axe';
import { COUNTING, teachWrongly } from '../support/counting';
import { inThemes, THEMES } from '../support/lab';
import { widenSidebar, withSource } from '../support/pipelines';
import { begin, firstRun, reload } from '../support/runs';

const PANEL = '#jp-mlcode-pipeline-panel';
const PAYLOAD = '<img src=x onerror=alert(1)>';

const HOSTILE = withSource(
  COUNTING,
  'stage:report',
  `print("${PAYLOAD}", base, total, double)`
);

test(
  'every difference of a verify leads to its cell',
  inThemes(async ({ page, path, base, shot }) => {
    await teachWrongly(page, base, 0.5);
    const panel = await begin(page, path, HOSTILE, 'Verify');
    const run = firstRun(panel);
    await expect(run).toHaveAttribute('data-state', 'failed', {
      timeout: 200000
    });
    const stages = run.getByRole('list', { name: 'Stages of the run' });
    await expect(stages).toContainText(/load.*✓ equal/);
    await expect(stages).toContainText(/total.*✗ different/);
    const differences = run.getByRole('list', { name: /^Different/ });
    await expect(differences.getByRole('listitem')).toHaveCount(3);
    await expect(differences).toContainText(PAYLOAD);
    await expect(panel.locator('img')).toHaveCount(0);
    await expect(run.getByRole('list', { name: /^Not judged/ })).toContainText(
      /cell 4.*second run/
    );
    expect(await violations(page, PANEL)).toEqual([]);

    const row = differences.getByRole('button', { name: /variable double/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await expect(
      page.locator('.jp-Notebook .jp-Cell.jp-mod-active')
    ).toContainText('double = 2 * total');
    await expect(row).toBeFocused();
    await shot('differences');
    await widenSidebar(page, 250);
    await row.scrollIntoViewIfNeeded();
    await shot('differences-narrow');
  })
);

test(
  'numbers that are close are accepted when that is asked for',
  inThemes(async ({ page, path, base, theme, shot }) => {
    await teachWrongly(page, base, 5e-13);
    const panel = await begin(page, path, HOSTILE, 'Verify', async panel => {
      const field = panel.getByLabel('Verify within');
      await expect(field).toHaveValue('');
      await field.fill('2');
      await expect(panel.getByRole('alert')).toContainText('up to 0.1');
      await expect(
        panel.getByRole('button', { name: 'Verify' })
      ).toBeDisabled();
      expect(await violations(page, PANEL)).toEqual([]);
      await field.fill('1e-9');
    });
    const run = firstRun(panel);
    await expect(run).toHaveAttribute('data-state', 'completed', {
      timeout: 200000
    });
    await expect(run).toContainText('within 1e-9');
    await expect(run).toContainText('equal but for 3 that are close');
    const close = run.getByRole('list', { name: /^Close/ });
    await expect(close.getByRole('button')).toHaveCount(3);
    await expect(run.getByRole('list', { name: /^Different/ })).toHaveCount(0);
    expect(await violations(page, PANEL)).toEqual([]);
    await close.scrollIntoViewIfNeeded();
    await shot('close');
    await widenSidebar(page, 250);
    await shot('close-narrow');

    // What JupyterLab restores after a reload would come into the next theme's way.
    if (theme !== THEMES[THEMES.length - 1]) {
      return;
    }
    await reload(page, path);
    await panel.getByRole('button', { name: /verify: close/ }).click();
    await expect(close.getByRole('button')).toHaveCount(3);
    await close.getByRole('button').last().click();
    await expect(
      page.locator('.jp-NotebookPanel:visible .jp-Cell.jp-mod-active')
    ).toContainText('base, total, double');
  })
);
