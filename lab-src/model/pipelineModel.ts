import { VDomModel } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { RequestError } from '../api/errors';
import type { Analysis, AnalyseRequest, Unreadable } from '../api/messages';
import type { IStage } from '../stages/stageList';
import type { IPipelineModel } from '../tokens';
import type { NotebookSession } from './notebookSession';
import type { INotebookSource } from './sources';

/** The pipeline of the notebook in front; what it knows of the others waits for their return. */
export class PipelineModel extends VDomModel implements IPipelineModel {
  constructor(
    private readonly _open: (notebook: INotebookSource) => NotebookSession
  ) {
    super();
  }

  /** The notebook that is followed. */
  get notebook(): INotebookSource | null {
    return this._session?.notebook ?? null;
  }
  set notebook(notebook: INotebookSource | null) {
    if (this.notebook === notebook) {
      return;
    }
    this._leave();
    this._session = notebook === null ? null : this._sessionOf(notebook);
    this._session?.changed.connect(this._onChanged, this);
    this._session?.lagged.connect(this._onLagged, this);
    if (this._session !== null) {
      this._session.live.active = true;
    }
    this.stateChanged.emit();
  }

  get hasNotebook(): boolean {
    return this._session !== null;
  }

  get stages(): ReadonlyArray<IStage> {
    return this._session?.stages ?? [];
  }

  get analysis(): Analysis | null {
    return this._session?.live.analysis ?? null;
  }

  get unreadable(): Unreadable | null {
    return this._session?.live.unreadable ?? null;
  }

  get failure(): RequestError | null {
    return this._session?.live.failure ?? null;
  }

  get stale(): boolean {
    return this._session?.live.stale ?? false;
  }

  get selectedStage(): string | null {
    return this._session?.selectedStage ?? null;
  }
  set selectedStage(name: string | null) {
    if (this._session !== null && this._session.selectedStage !== name) {
      this._session.selectedStage = name;
      this.stateChanged.emit();
    }
  }

  get lagged(): ISignal<this, void> {
    return this._lagged;
  }

  analysisOf(notebook: object): Analysis | null {
    return this._sessions.get(notebook)?.live.analysis ?? null;
  }

  async refresh(): Promise<void> {
    await this._session?.live.refresh();
  }

  wholeRequest(): AnalyseRequest | null {
    return this._session?.live.wholeRequest() ?? null;
  }

  /** Forgets a notebook that is closed. */
  forget(notebook: object): void {
    if (this.notebook === notebook) {
      this.notebook = null;
    }
    this._sessions.get(notebook)?.dispose();
    this._sessions.delete(notebook);
  }

  override dispose(): void {
    this._leave();
    this._session = null;
    super.dispose();
  }

  private _leave(): void {
    this._session?.changed.disconnect(this._onChanged, this);
    this._session?.lagged.disconnect(this._onLagged, this);
    if (this._session !== null) {
      this._session.live.active = false;
    }
  }

  private _sessionOf(notebook: INotebookSource): NotebookSession {
    let session = this._sessions.get(notebook);
    if (session === undefined) {
      session = this._open(notebook);
      this._sessions.set(notebook, session);
    }
    return session;
  }

  private _onChanged(): void {
    this.stateChanged.emit();
  }

  private _onLagged(): void {
    this._lagged.emit();
  }

  private readonly _lagged = new Signal<this, void>(this);
  private readonly _sessions = new WeakMap<object, NotebookSession>();
  private _session: NotebookSession | null = null;
}
