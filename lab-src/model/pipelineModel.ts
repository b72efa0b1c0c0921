import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt } from '@lumino/coreutils';
import type { ReadonlyJSONValue } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { Analysis, Unreadable } from '../api/messages';
import { listStages } from '../stages/stageList';
import type { IStage } from '../stages/stageList';
import type { IPipelineModel } from '../tokens';

/** A cell model, as far as we look at it. */
interface ICellSource {
  readonly id: string;
  readonly type: string;
  getMetadata(key: string): unknown;
}

/** A notebook model, as far as we look at it: `INotebookModel` is one. */
export interface INotebookSource {
  readonly cells: Iterable<ICellSource>;
  readonly contentChanged: ISignal<unknown, void>;
}

/** Reads the stages from one notebook's metadata and follows its changes. */
export class PipelineModel extends VDomModel implements IPipelineModel {
  /** The notebook that is followed. */
  get notebook(): INotebookSource | null {
    return this._notebook;
  }
  set notebook(notebook: INotebookSource | null) {
    if (this._notebook === notebook) {
      return;
    }
    this._notebook?.contentChanged.disconnect(this._refresh, this);
    this._notebook = notebook;
    this._notebook?.contentChanged.connect(this._refresh, this);
    this._stages = this._readStages();
    this.stateChanged.emit();
  }

  get hasNotebook(): boolean {
    return this._notebook !== null;
  }

  get stages(): ReadonlyArray<IStage> {
    return this._stages;
  }

  get analysis(): Analysis | null {
    return null;
  }

  get unreadable(): Unreadable | null {
    return null;
  }

  get stale(): boolean {
    return false;
  }

  get selectedStage(): string | null {
    return this._selectedStage;
  }
  set selectedStage(name: string | null) {
    if (this._selectedStage !== name) {
      this._selectedStage = name;
      this.stateChanged.emit();
    }
  }

  analysisOf(): Analysis | null {
    return null;
  }

  override dispose(): void {
    this.notebook = null;
    super.dispose();
  }

  private _refresh(): void {
    const stages = this._readStages();
    // contentChanged also fires for every keystroke and every output.
    if (!sameStages(stages, this._stages)) {
      this._stages = stages;
      this.stateChanged.emit();
    }
  }

  private _readStages(): IStage[] {
    const cells = Array.from(this._notebook?.cells ?? [], cell => ({
      id: cell.id,
      type: cell.type,
      tags: cell.getMetadata('tags')
    }));
    return listStages(cells);
  }

  private _notebook: INotebookSource | null = null;
  private _stages: ReadonlyArray<IStage> = [];
  private _selectedStage: string | null = null;
}

function sameStages(
  left: ReadonlyArray<IStage>,
  right: ReadonlyArray<IStage>
): boolean {
  return JSONExt.deepEqual(
    left as unknown as ReadonlyJSONValue,
    right as unknown as ReadonlyJSONValue
  );
}
