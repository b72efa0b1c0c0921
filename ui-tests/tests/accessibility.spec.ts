import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

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

for (const theme of ['Light', 'Dark']) {
  test(`axe-core finds nothing in panel and dialog (${theme})`, async ({
    page,
    tmpPath
  }) => {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    const cells = withSource(SHOP, 'stage:total', 'total = sum(missing)');
    const panel = await openPipeline(page, `${tmpPath}/shop.ipynb`, SHOP);
    expect(await violations(page, PANEL)).toEqual([]);

    await panel.getByRole('tab', { name: 'Graph' }).click();
    await panel.getByRole('button', { name: 'load to split: orders' }).click();
    expect(await violations(page, PANEL)).toEqual([]);

    await panel.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page, '.jp-Dialog')).toEqual([]);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Cancel' })
      .click();

    await page.sidebar.openTab('filebrowser');
    await openPipeline(page, `${tmpPath}/broken.ipynb`, cells);
    await expect(panel).toContainText('MLC021');
    expect(await violations(page, PANEL)).toEqual([]);
  });
}
