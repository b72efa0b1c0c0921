import type { Page } from '@playwright/test';

/** What somebody did with mouse and keyboard. */
export interface ICounts {
  readonly clicks: number;
  readonly keys: number;
}

/** Counts clicks and keys from now on, in the page itself; ask for them by calling. */
export async function countInputs(page: Page): Promise<() => Promise<ICounts>> {
  const handle = await page.evaluateHandle(() => {
    const counts = { clicks: 0, keys: 0 };
    addEventListener('pointerdown', () => (counts.clicks += 1), true);
    addEventListener('keydown', () => (counts.keys += 1), true);
    return counts;
  });
  return () => handle.jsonValue();
}
