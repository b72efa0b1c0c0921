import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { errorOf, RequestError } from './errors';
import type {
  AnalyseReply,
  AnalyseRequest,
  ExportReply,
  ExportRequest,
  LogReply,
  Run,
  RunsReply,
  StartRequest,
  SuggestReply
} from './messages';
import type { IPipelineClient } from '../tokens';

/** Sends requests with the token and cookies that JupyterLab itself uses. */
export class PipelineClient implements IPipelineClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  analyse(request: AnalyseRequest): Promise<AnalyseReply> {
    return this._send('POST', ['analyse'], request);
  }

  suggest(request: AnalyseRequest): Promise<SuggestReply> {
    return this._send('POST', ['suggest'], request);
  }

  export(request: ExportRequest): Promise<ExportReply> {
    return this._send('POST', ['export'], request);
  }

  runs(path: string, folder: string | null): Promise<RunsReply> {
    return this._send('GET', ['runs'], null, {
      path,
      ...(folder === null ? {} : { folder })
    });
  }

  start(request: StartRequest): Promise<Run> {
    return this._send('POST', ['runs'], request);
  }

  run(id: string): Promise<Run> {
    return this._send('GET', ['runs', id]);
  }

  cancel(id: string): Promise<Run> {
    return this._send('POST', ['runs', id, 'cancel'], {});
  }

  log(id: string, offset: number): Promise<LogReply> {
    return this._send('GET', ['runs', id, 'log'], null, {
      offset: String(offset)
    });
  }

  private async _send<T>(
    method: string,
    parts: string[],
    body: unknown = null,
    query: { [name: string]: string } = {}
  ): Promise<T> {
    const url =
      URLExt.join(
        this._settings.baseUrl,
        'mlcode',
        ...parts.map(encodeURIComponent)
      ) + URLExt.objectToQueryString(query);
    const response = await this._fetch(url, {
      method,
      body: body === null ? undefined : JSON.stringify(body)
    });
    const reply: unknown = await response.json().catch(() => null);
    if (!response.ok || reply === null) {
      throw errorOf(response.status, reply);
    }
    return reply as T;
  }

  private async _fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error) {
      throw new RequestError(
        'the server cannot be reached',
        error instanceof Error ? error.message : '',
        0
      );
    }
  }
}
