import { URLExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

import { readTags } from '../stages/stageTags';
import type { AnalyseRequest, SuggestReply } from './messages';

/** Ask the server for a tagging of the notebook. */
export async function requestSuggestions(
  request: AnalyseRequest,
  settings: ServerConnection.ISettings
): Promise<SuggestReply> {
  const response = await ServerConnection.makeRequest(
    URLExt.join(settings.baseUrl, 'mlcode', 'suggest'),
    { method: 'POST', body: JSON.stringify(request) },
    settings
  );
  if (!response.ok) {
    throw await ServerConnection.ResponseError.create(response);
  }
  return (await response.json()) as SuggestReply;
}

/** The whole notebook as a request. */
export function wholeNotebook(panel: NotebookPanel): AnalyseRequest {
  const cells = Array.from(panel.content.model?.cells ?? []);
  const language = panel.content.model?.getMetadata('language_info');
  const kernel = panel.content.model?.getMetadata('kernelspec');
  return {
    session: UUID.uuid4(),
    path: panel.context.path,
    revision: 0,
    base: null,
    kernel: kernel?.name ?? '',
    language: language?.name ?? kernel?.language ?? '',
    order: cells.map(cell => cell.id),
    cells: Object.fromEntries(
      cells.map(cell => [
        cell.id,
        {
          type: cell.type as 'code' | 'markdown' | 'raw',
          source: cell.sharedModel.getSource(),
          tags: readTags(cell.getMetadata('tags'))
        }
      ])
    )
  };
}
