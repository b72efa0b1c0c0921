import { expect, galata, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { openPipeline } from '../support/pipelines';
import { ScriptClock } from '../support/scripting';

const STAGES = 500;
const CELLS = Array.from({ length: STAGES }, (_, index) => ({
  source:
    index === 0
      ? 'v0 = 1'
      : `v${index} = v${index - 1} + v${Math.floor(index / 3)}`,
  tags: [`stage:s${index}`]
}));

// The notebook would go on drawing its cells while the graph is measured.
test.use({
  mockSettings: {
    ...galata.DEFAULT_SETTINGS,
    '@jupyterlab/notebook-extension:tracker': { windowingMode: 'full' }
  }
});

test('a graph of 500 stages draws what is in view, and all of it on demand', async ({
  page,
  tmpPath
}, testInfo) => {
  const panel = await openPipeline(page, `${tmpPath}/many.ipynb`, CELLS);
  const clock = await ScriptClock.of(panel.page());
  const boxes = panel.locator('.jp-mlcode-Box');
  /** Presses a button by the page's own means: Playwright's way there is scripting too. */
  const spend = async (name: string, selector: string): Promise<void> => {
    const before = await clock.read();
    await page.evaluate(async button => {
      document.querySelector<HTMLElement>(button)?.click();
      await new Promise(resolve => requestAnimationFrame(resolve));
      await new Promise(resolve => setTimeout(resolve));
    }, selector);
    const spent = ((await clock.read()) - before).toFixed(3);
    // Reported, not asserted: how long it takes depends on who else computes.
    testInfo.annotations.push({ type: `${name}, s`, description: spent });
  };

  await spend('graph', '#jp-mlcode-tab-graph');
  await expect(boxes.first()).toBeVisible();
  expect(await boxes.count()).toBeLessThan(100);
  await expect(panel.getByRole('listitem').first()).toHaveAttribute(
    'aria-setsize',
    String(STAGES)
  );
  await page.screenshot({ path: testInfo.outputPath('beginning.png') });

  await spend('fit', '.jp-mlcode-Graph-tools button:last-child');
  await expect(boxes).toHaveCount(STAGES);
  await expect(panel.locator('.jp-mlcode-Graph text')).toHaveCount(0);
  await page.screenshot({ path: testInfo.outputPath('all.png') });
});

test('keyboard and pointer lead to stages that are not drawn yet', async ({
  page,
  tmpPath
}) => {
  const panel = await openPipeline(page, `${tmpPath}/many.ipynb`, CELLS);
  await panel.getByRole('tab', { name: 'Graph' }).click();
  const stage = (number: number): Locator =>
    panel.getByRole('button', { name: `Stage ${number}, s${number - 1}` });
  await expect(stage(60)).toHaveCount(0);

  await stage(1).focus();
  for (let number = 2; number <= 60; number++) {
    await page.keyboard.press('ArrowDown');
    await expect(stage(number)).toBeFocused();
  }
  await expect(stage(60)).toBeInViewport({ ratio: 1 });
  await expect(stage(1)).toHaveCount(0);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(panel.locator('.jp-mlcode-Card')).toContainText('made in cell');

  const frame = panel.locator('.jp-mlcode-Graph-frame');
  await frame.hover();
  await page.mouse.wheel(0, 2300);
  await expect(stage(100)).toBeInViewport();
});
