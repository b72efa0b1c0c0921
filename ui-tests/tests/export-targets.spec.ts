import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { inThemes, ONCE, plain } from '../support/lab';
import { openPipeline, SHOP } from '../support/pipelines';

const EXPORT = '**/mlcode/export*';

/**
 * Lets the server have a second target, as if somebody had installed one: it is in every
 * answer, and the targets of the requests are written down.
 */
async function withTarget(
  page: IJupyterLabPageFixture,
  target: string
): Promise<{ mode: string; targets: string[] }[]> {
  const asked: { mode: string; targets: string[] }[] = [];
  await page.route(EXPORT, async route => {
    const request = route.request().postDataJSON();
    asked.push({ mode: request.mode, targets: request.targets });
    const response = await route.fetch({
      postData: JSON.stringify({
        ...request,
        targets: request.targets.filter((name: string) => name !== target)
      })
    });
    const reply = await response.json();
    await route.fulfill({
      response,
      json: { ...reply, targets: [...reply.targets, target] }
    });
  });
  return asked;
}

test(
  'targets are chosen in the dialog, looked at, and exported',
  inThemes(async ({ page, path, base, shot }) => {
    const asked = await withTarget(page, 'dvc');
    const panel = await openPipeline(page, path, SHOP);
    await panel.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export to pipeline' });
    const targets = dialog.getByRole('group', {
      name: 'Besides the pipeline itself'
    });
    // What every export has is no choice.
    await expect(targets.getByRole('checkbox')).toHaveCount(1);
    await targets.getByRole('checkbox', { name: 'dvc' }).check();
    const accept = dialog.getByRole('button', { name: 'Export' });
    await expect.poll(() => asked.at(-1)?.targets).toEqual(['dvc']);
    await expect(accept).toBeEnabled();
    await shot('targets');

    await dialog.getByLabel('Folder').fill(`${base}-elsewhere`);
    // Nobody has seen yet what would be written there.
    await expect(accept).toBeDisabled();
    await expect(accept).toBeEnabled();
    await accept.click();
    await expect(page.locator('.Toastify__toast')).toContainText(
      `Exported to ${base}-elsewhere`
    );
    expect(asked.at(-1)).toEqual({ mode: 'write', targets: ['dvc'] });
    expect(
      await page.contents.fileExists(`${base}-elsewhere/pipeline.yaml`)
    ).toBe(true);
    expect(await page.contents.directoryExists(base)).toBe(false);
    await plain(page).unroute(EXPORT);
  }, ONCE)
);
