import { VDomModel } from '@jupyterlab/ui-components';

import type { EventStream } from '../api/events';
import { RequestError } from '../api/errors';
import type { EventMessage, Run, StartRequest } from '../api/messages';
import type { IPipelineClient } from '../tokens';
import { addToLog, EMPTY_LOG, MOST_LOG } from './log';
import type { ILog } from './log';
import { withRun } from './summary';

type Client = Pick<IPipelineClient, 'runs' | 'start' | 'cancel' | 'log'>;

/** The runs of the notebook in front. They belong to the server; this only shows them. */
export class RunsModel extends VDomModel {
  constructor(
    private readonly _client: Client,
    private readonly _events: EventStream
  ) {
    super();
    _events.connected.connect(this._onConnected, this);
    _events.received.connect(this._onReceived, this);
  }

  /** The notebook whose runs are shown; empty for none. */
  get path(): string {
    return this._path;
  }
  set path(path: string) {
    if (path !== this._path) {
      this._path = path;
      this._runs = [];
      this._selected = null;
      this.error = null;
      this.stateChanged.emit();
      void this.reload();
    }
  }

  /** Newest first. */
  get runs(): ReadonlyArray<Run> {
    return this._runs;
  }

  /** The folder that a notebook was exported to; null for the one beside it. */
  folderOf: (path: string) => Promise<string | null> = async () => null;

  /** Why the last request was refused. */
  error: RequestError | null = null;

  /** The run whose details are open. */
  get selected(): Run | null {
    return this._runs.find(run => run.id === this._selected) ?? null;
  }

  /** When the state of a running run was told, to count on from there. */
  heardAt(id: string): number {
    return this._heard.get(id) ?? Date.now();
  }

  logOf(id: string): ILog {
    return this._logs.get(id) ?? EMPTY_LOG;
  }

  select(id: string | null): void {
    this._selected = id;
    this.stateChanged.emit();
    if (id !== null) {
      void this._readLog(id);
    }
  }

  /** Asks for the runs of the notebook. */
  async reload(): Promise<void> {
    const path = this._path;
    if (path === '') {
      return;
    }
    this._events.start();
    await this._attempt(async () => {
      const folder = await this.folderOf(path);
      const { runs } = await this._client.runs(path, folder);
      if (path === this._path) {
        this._runs = runs;
        runs.forEach(run => this._heard.set(run.id, Date.now()));
        const running = runs.find(run => run.state === 'running');
        this._selected ??= running?.id ?? null;
      }
    });
    if (this._selected !== null) {
      await this._readLog(this._selected);
    }
  }

  async start(request: StartRequest): Promise<void> {
    await this._attempt(async () => {
      const run = await this._client.start(request);
      this._put(run);
      this._selected = run.id;
    });
  }

  async cancel(id: string): Promise<void> {
    await this._attempt(async () => {
      this._put(await this._client.cancel(id));
    });
  }

  private async _attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = null;
    } catch (error) {
      this.error =
        error instanceof RequestError
          ? error
          : new RequestError(String(error), '', 0);
    }
    this.stateChanged.emit();
  }

  /** Takes a run of the notebook; whether it is one: other notebooks have theirs. */
  private _put(run: Run): boolean {
    if (run.path !== this._path) {
      return false;
    }
    this._runs = withRun(this._runs, run);
    this._heard.set(run.id, Date.now());
    return true;
  }

  private _onConnected(): void {
    void this.reload();
  }

  private _onReceived(_: EventStream, message: EventMessage): void {
    if (message.type === 'run') {
      if (this._put(message.run)) {
        this.stateChanged.emit();
      }
    } else if (message.id === this._selected) {
      const { id, offset, text } = message;
      // Offsets may count bytes, so what is not plain ASCII is asked for.
      const log = isPlain(text) ? addToLog(this.logOf(id), offset, text) : null;
      if (log === null) {
        void this._readLog(id);
      } else if (log !== this.logOf(id)) {
        this._logs.set(id, log);
        this.stateChanged.emit();
      }
    }
  }

  /** Reads the log on from where we are; once at a time. */
  private async _readLog(id: string): Promise<void> {
    if (this._reading.has(id)) {
      return;
    }
    this._reading.add(id);
    try {
      const known = this.logOf(id);
      const { text, offset } = await this._client.log(id, known.offset);
      // A piece that came by the socket meanwhile is in the answer too.
      this._logs.set(id, {
        text: (known.text + text).slice(-MOST_LOG),
        offset
      });
      this.stateChanged.emit();
    } catch {
      // The state of the run says what matters; a log that is gone is empty.
    } finally {
      this._reading.delete(id);
    }
  }

  private _path = '';
  private _runs: ReadonlyArray<Run> = [];
  private _selected: string | null = null;
  private readonly _heard = new Map<string, number>();
  private readonly _logs = new Map<string, ILog>();
  private readonly _reading = new Set<string>();
}

function isPlain(text: string): boolean {
  return !/[^\t\n\r -~]/.test(text);
}
