import type { JupyterFrontEnd } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';

const OPEN = 'filebrowser:open-path';

/**
 * Opens a file, or shows a folder, of the server; in Notebook 7 in another tab of the browser.
 *
 * The file browser comes in front of the panel only for a folder: who looks at the report of
 * a run wants to go on in the panel.
 */
export async function openPath(
  app: JupyterFrontEnd,
  path: string
): Promise<void> {
  const { contents, serverSettings } = app.serviceManager;
  if (app.commands.hasCommand(OPEN)) {
    // What is not there any more is told by the command.
    const type = await contents.get(path, { content: false }).then(
      found => found.type,
      () => null
    );
    const dontShowBrowser = type !== 'directory';
    await app.commands.execute(OPEN, { path, dontShowBrowser });
    return;
  }
  // A page of Notebook 7 has no file browser; this address leads to folders and files alike.
  const url = URLExt.join(
    serverSettings.baseUrl,
    'tree',
    URLExt.encodeParts(path)
  );
  window.open(url, '_blank', 'noopener');
}
