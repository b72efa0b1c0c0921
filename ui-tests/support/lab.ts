import { expect, test } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Page, TestInfo } from '@playwright/test';

import { notebookText } from './notebooks';
import type { ICell } from './notebooks';

/**
 * Uploads a notebook and opens it.
 *
 * Galata looks for it in the file browser, folder by folder, with pauses in between; what the
 * browser does is not ours to test.
 */
export async function openNotebook(
  page: IJupyterLabPageFixture,
  path: string,
  content: ReadonlyArray<ICell> | string,
  kernel = false
): Promise<void> {
  const text = typeof content === 'string' ? content : notebookText(content);
  await page.contents.uploadContent(text, 'text', path);
  await openUploaded(page, path, kernel);
}

/** Opens a notebook that is there already; without a kernel, which costs more than most flows, unless it is wanted. */
export async function openUploaded(
  page: IJupyterLabPageFixture,
  path: string,
  kernel = false
): Promise<void> {
  await page.evaluate(
    async ({ path, kernel }) => {
      const opened = (await window.jupyterapp.commands.execute(
        'docmanager:open',
        { path }
      )) as IOpened;
      const { sessionContext } = opened.context;
      const shouldStart = kernel;
      sessionContext.kernelPreference = {
        ...sessionContext.kernelPreference,
        shouldStart
      };
      await opened.context.ready;
      await opened.revealed;
    },
    { path, kernel }
  );
}

interface IOpened {
  readonly context: {
    readonly ready: Promise<void>;
    readonly sessionContext: { kernelPreference: { shouldStart?: boolean } };
  };
  readonly revealed: Promise<void>;
}

/** Closes what is open in the main area, saved or not, and what JupyterLab has told. */
export async function closeAll(page: IJupyterLabPageFixture): Promise<void> {
  await page.evaluate(async () => {
    const { commands, shell } = window.jupyterapp;
    Array.from(shell.widgets('main')).forEach(widget => widget.dispose());
    await commands.execute('apputils:dismiss-notification');
  });
  await page.activity.launcher.waitFor();
  await expect(page.locator('.Toastify__toast')).toHaveCount(0);
}

/** Changes a setting of ours, as the settings editor does. */
export async function setSetting(
  page: IJupyterLabPageFixture,
  key: string,
  value: boolean | number | string
): Promise<void> {
  await page.evaluate(
    async ([key, value]) => {
      const registry = (await window.galata.getPlugin(
        '@jupyterlab/apputils-extension:settings'
      )) as unknown as {
        set(plugin: string, key: string, value: unknown): Promise<void>;
      };
      await registry.set('jupyter-mlcode:plugin', key, value);
    },
    [key, value] as const
  );
}

/** Playwright's own page: Galata's stands before it, and `unroute` does nothing there. */
export function plain(page: IJupyterLabPageFixture): Page {
  return page.locator('body').page();
}

/** One of the times that a flow is gone through. */
export interface IFlow {
  readonly page: IJupyterLabPageFixture;
  readonly theme: string;
  /** A path without its ending that is new in this flow. */
  readonly base: string;
  /** The path of a notebook that is new in this flow. */
  readonly path: string;
  /** Take a picture and keep it with the results of the tests. */
  readonly shot: (name: string) => Promise<void>;
}

/** Each flow is gone through as often as there are themes: in CI, twice. */
export const THEMES: ReadonlyArray<string> = ['Light', 'Dark'];

/** For what is no flow of its own, and looks the same in every theme. */
export const ONCE: ReadonlyArray<string> = ['Light'];

interface IFixtures {
  readonly page: IJupyterLabPageFixture;
  readonly tmpPath: string;
}

/**
 * The body of a test that goes through a flow in every theme, each time with a new notebook.
 *
 * To load JupyterLab takes as long as most flows, so all themes share one page.
 */
export function inThemes(
  go: (flow: IFlow) => Promise<void>,
  themes: ReadonlyArray<string> = THEMES
): (fixtures: IFixtures, testInfo: TestInfo) => Promise<void> {
  return async ({ page, tmpPath }, testInfo) => {
    for (const theme of themes) {
      const word = theme.toLowerCase().replaceAll(' ', '-');
      const base = `${tmpPath}/${word}`;
      const shot = async (name: string): Promise<void> => {
        const path = testInfo.outputPath(`${name}-${word}.png`);
        await page.screenshot({ path });
      };
      await test.step(theme, async () => {
        await closeAll(page);
        await page.theme.setTheme(`JupyterLab ${theme}`);
        await go({ page, theme, base, path: `${base}.ipynb`, shot });
      });
    }
  };
}
