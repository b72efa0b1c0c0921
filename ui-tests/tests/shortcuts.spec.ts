import { expect, test } from '@jupyterlab/galata';

test('our shortcuts collide with no other in JupyterLab', async ({ page }) => {
  const collisions = await page.evaluate(() => {
    const { keyBindings } = window.jupyterapp.commands;
    const isOurs = (command: string): boolean => command.startsWith('mlcode:');
    const startsWith = (
      long: ReadonlyArray<string>,
      short: ReadonlyArray<string>
    ): boolean => short.every((key, index) => long[index] === key);
    const ours = keyBindings.filter(({ command }) => isOurs(command));
    const found = ours.flatMap(own =>
      keyBindings
        .filter(other => other !== own && other.selector === own.selector)
        .filter(
          other =>
            startsWith(other.keys, own.keys) || startsWith(own.keys, other.keys)
        )
        .map(other => `${own.command}: ${other.command}`)
    );
    return { count: ours.length, found };
  });
  expect(collisions.count).toBeGreaterThanOrEqual(12);
  expect(collisions.found).toEqual([]);
});

test('our commands have labels and can be found in the palette', async ({
  page
}) => {
  const unlabelled = await page.evaluate(() => {
    const { commands } = window.jupyterapp;
    return commands
      .listCommands()
      .filter(id => id.startsWith('mlcode:') && commands.label(id) === '');
  });
  expect(unlabelled).toEqual([]);
  await page.keyboard.press('Control+Shift+c');
  await page.keyboard.type('suggest stages');
  // Disabled, as there is no notebook.
  await expect(
    page.locator('.lm-CommandPalette-item[data-command^="mlcode:suggest"]')
  ).toHaveCount(1);
});
