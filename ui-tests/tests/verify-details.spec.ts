import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { violations } from '../support/axe';
import { inThemes } from '../support/lab';
import type { ICell } from '../support/notebooks';
import { widenSidebar } from '../support/pipelines';
import { begin, firstRun, reload } from '../support/runs';

const PANEL = '#jp-mlcode-pipeline-panel';
const PAYLOAD = '<img src=x onerror=alert(1)>';

/** A notebook that relies on what a library keeps between two calls, and prints the clock. */
const COUNTING: ReadonlyArray<ICell> = [
  { source: '# Count' },
  { source: 'import acme\nimport time', tags: ['setup'] },
  {
    source: 'orders = [1.0, 2.0, 3.0]\nbase = acme.score(orders)',
    tags: ['stage:load']
  },
  { source: 'print(time.time_ns())', tags: ['stage:load'] },
  {
    source: 'total = acme.score(orders)\ndouble = 2 * total',
    tags: ['stage:total']
  },
  {
    source: `print("${PAYLOAD}", base, total, double)`,
    tags: ['stage:report']
  }
];

/** Puts a library beside the notebooks that is taught wrongly: each call adds to what the next one gives. */
async function teachWrongly(
  page: IJupyterLabPageFixture,
  base: string,
  step: number
): Promise<void> {
  const folder = base.replace(/[^/]*$/, '');
  const files = {
    'acme.py': `def score(rows, calls=[]):\n    calls.append(${step})\n    return sum(rows) + sum(calls)\n`,
    'acme.yml':
      'library: acme\nmodules: [acme]\nfunctions:\n  acme.score: {returns: scalar}\n',
    'pyproject.toml': '[tool.jupyter-mlcode]\nknowledge = ["acme.yml"]\n'
  };
  for (const [name, text] of Object.entries(files)) {
    await page.contents.uploadContent(text, 'text', `${folder}${name}`);
  }
}

test(
  'every difference of a verify leads to its cell',
  inThemes(async ({ page, path, base, shot }) => {
    await teachWrongly(page, base, 0.5);
    const panel = await begin(page, path, COUNTING, 'Verify');
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
  inThemes(async ({ page, path, base, shot }) => {
    await teachWrongly(page, base, 5e-13);
    const panel = await begin(page, path, COUNTING, 'Verify', async panel => {
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

    await reload(page, path);
    await panel.getByRole('button', { name: /verify: close/ }).click();
    await expect(close.getByRole('button')).toHaveCount(3);
    await close.getByRole('button').last().click();
    await expect(
      page.locator('.jp-NotebookPanel:visible .jp-Cell.jp-mod-active')
    ).toContainText('base, total, double');
  })
);
