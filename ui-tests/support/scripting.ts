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
