import type { CDPSession, Page } from '@playwright/test';

/** Counts the seconds that a page spends in scripts, of whomever. */
export class ScriptClock {
  private constructor(private readonly _client: CDPSession) {}

  static async of(page: Page): Promise<ScriptClock> {
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable');
    return new ScriptClock(client);
  }

  /** The seconds so far. */
  async read(): Promise<number> {
    const { metrics } = await this._client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  }
}

/** The milliseconds that scripts of ours are on the stack while something is done. */
export async function ownScripting(
  page: Page,
  act: () => Promise<void>
): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('Profiler.enable');
  await client.send('Profiler.setSamplingInterval', { interval: 100 });
  await client.send('Profiler.start');
  await act();
  const { profile } = await client.send('Profiler.stop');
  await client.detach();
  const ours = new Set<number>();
  // Parents come before their children; what we call, is ours to answer for.
  for (const { id, callFrame, children } of profile.nodes) {
    if (ours.has(id) || callFrame.url.includes('/jupyter-mlcode/')) {
      ours.add(id);
      children?.forEach(child => ours.add(child));
    }
  }
  const { samples = [], timeDeltas = [] } = profile;
  return (
    samples.reduce(
      (sum, id, at) => sum + (ours.has(id) ? (timeDeltas[at + 1] ?? 0) : 0),
      0
    ) / 1000
  );
}

/** Counts from now on how often the panel is drawn. */
export async function countRenders(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const panel = Array.from(window.jupyterapp.shell.widgets('left')).find(
      widget => widget.id === 'jp-mlcode-pipeline-panel'
    ) as unknown as { render(): unknown; node: HTMLElement };
    const render = panel.render.bind(panel);
    panel.node.dataset.renders = '0';
    panel.render = () => {
      panel.node.dataset.renders = `${Number(panel.node.dataset.renders) + 1}`;
      return render();
    };
  });
  return async () =>
    Number(
      await page
        .locator('#jp-mlcode-pipeline-panel')
        .getAttribute('data-renders')
    );
}
