import { expect, test } from '@jupyterlab/galata';

import { openPipeline } from '../support/pipelines';

const PAYLOAD = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

test('text of the notebook is shown as text', async ({ page, tmpPath }) => {
  let dialogs = 0;
  page.on('dialog', async dialog => {
    dialogs += 1;
    await dialog.dismiss();
  });
  const cells = [
    { source: `# ${PAYLOAD}` },
    {
      source: `text = ${JSON.stringify(PAYLOAD)}  # ${PAYLOAD}`,
      tags: ['parameters']
    },
    { source: 'ünïcode = [text]', tags: ['stage:load'] },
    { source: `broken = '${PAYLOAD}'.nope(`, tags: [`stage:${PAYLOAD}`] },
    { source: 'print(ünïcode)', tags: ['stage:constructor'] },
    { source: 'print(ünïcode, 1)', tags: ['stage:__proto__'] }
  ];
  const panel = await openPipeline(page, `${tmpPath}/hostile.ipynb`, cells);
  await expect(
    panel.getByRole('list', { name: 'Stages' }).getByRole('listitem')
  ).toHaveCount(4);
  await expect(panel).toContainText(PAYLOAD);
  await expect(panel).toContainText('ünïcode');
  await panel.getByRole('tab', { name: 'Graph' }).click();
  await expect(panel.getByRole('button', { name: /^Stage / })).toHaveCount(4);
  await expect(panel.locator('img, script')).toHaveCount(0);
  expect(dialogs).toBe(0);
});
