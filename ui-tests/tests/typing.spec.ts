import { expect, test } from '@jupyterlab/galata';

import { setSetting } from '../support/lab';
import { analysed, openPipeline } from '../support/pipelines';
import { countRenders, ownScripting } from '../support/scripting';

const TEXT = 'total_of_all = sum([value_1, value_2, value_3]) + len("abcd")';
const CELLS = Array.from({ length: 300 }, (_, index) => ({
  source: index === 0 ? 'first = 0' : `value_${index} = first + ${index}`,
  tags: [`stage:part_${Math.floor(index / 30)}`]
}));

for (const view of ['List', 'Graph']) {
  test(`typing in one of 300 cells asks nothing and draws nothing (${view})`, async ({
    page,
    tmpPath
  }, testInfo) => {
    // Keys come slowly on a busy machine; a pause is none of them.
    await setSetting(page, 'analysisDelay', 5000);
    const panel = await openPipeline(page, `${tmpPath}/long.ipynb`, CELLS);
    await panel.getByRole('tab', { name: view }).click();
    const requests: string[] = [];
    page.on('request', request => {
      if (request.url().includes('/mlcode/')) {
        requests.push(request.url());
      }
    });
    await page.locator('.jp-Notebook .cm-content').nth(3).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await analysed(panel);
    const renders = await countRenders(page);
    requests.length = 0;

    const spent = await ownScripting(panel.page(), async () => {
      await page.keyboard.type(TEXT);
      expect(requests).toEqual([]);
      expect(await renders()).toBe(0);
    });
    // Reported, not asserted: how long it takes depends on who else computes.
    testInfo.annotations.push({
      type: 'our scripting per key, ms',
      description: (spent / TEXT.length).toFixed(3)
    });

    await expect(page.locator('#jp-mlcode-pipeline-panel')).toHaveClass(
      /jp-mod-stale/
    );
    await analysed(panel);
    expect(requests).toEqual([expect.stringContaining('/mlcode/analyse')]);
    expect(await renders()).toBe(1);
  });
}
