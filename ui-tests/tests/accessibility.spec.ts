import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { inThemes } from '../support/lab';
import { openPipeline, SHOP, withSource } from '../support/pipelines';

/** What axe-core finds below the selector: one line for each element. */
async function violations(
  page: IJupyterLabPageFixture,
  selector: string
): Promise<string[]> {
  // Galata's page is not quite Playwright's; axe needs what both have.
  const found = await new AxeBuilder({
    page: page as unknown as ConstructorParameters<typeof AxeBuilder>[0]['page']
  })
    .include(selector)
    .analyze();
  return found.violations.flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.target.join(' ')}`)
  );
}

const PANEL = '#jp-mlcode-pipeline-panel';

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
  })
);
