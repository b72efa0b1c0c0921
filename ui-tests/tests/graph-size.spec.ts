import { expect, test } from '@jupyterlab/galata';

import { openPipeline } from '../support/pipelines';

const STAGES = 500;

test('a graph of 500 stages is drawn, and says what its scripting cost', async ({
  page,
  tmpPath
}, testInfo) => {
  const cells = Array.from({ length: STAGES }, (_, index) => ({
    source:
      index === 0
        ? 'v0 = 1'
        : `v${index} = v${index - 1} + v${Math.floor(index / 3)}`,
    tags: [`stage:s${index}`]
  }));
  const panel = await openPipeline(page, `${tmpPath}/many.ipynb`, cells);
  const client = await page.context().newCDPSession(panel.page());
  await client.send('Performance.enable');
  const scripting = async (): Promise<number> => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  };
  await expect(
    panel.getByRole('list', { name: 'Stages' }).getByRole('listitem')
  ).toHaveCount(STAGES);
  const before = await scripting();
  await panel.getByRole('tab', { name: 'Graph' }).click();
  await expect(panel.locator('.jp-mlcode-Box')).toHaveCount(STAGES);
  const spent = (await scripting()) - before;
  // Reported, not asserted: how long it takes depends on who else computes.
  testInfo.annotations.push({ type: 'seconds', description: String(spent) });
  await page.screenshot({ path: testInfo.outputPath('many.png') });
});
