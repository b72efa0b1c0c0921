import { VDomModel } from '@jupyterlab/ui-components';

import type { Entries } from '../runs/form';
import type { RunsModel } from '../runs/runsModel';
import type { IPipelineModel } from '../tokens';

export type SectionName = 'parameters' | 'problems' | 'runs';

/** What is run: everything, one stage, or one and all after it. */
export interface IRunChoice {
  readonly stage: string | null;
  readonly fromStage: string | null;
  /** Whether stages run, too, whose results are kept and count. */
  readonly anew: boolean;
}

/** How the panel looks for one notebook. */
export interface IViewState {
  readonly view: 'list' | 'graph';
  readonly closed: ReadonlyArray<SectionName>;
  /** The edge whose card is open. */
  readonly edge: { readonly source: string; readonly target: string } | null;
  readonly entries: Entries;
  readonly choice: IRunChoice;
  /** What somebody typed as the tolerance of a verify; empty: equal means equal. */
  readonly tolerance: string;
}

const FRESH: IViewState = {
  view: 'list',
  closed: [],
  edge: null,
  entries: {},
  choice: { stage: null, fromStage: null, anew: false },
  tolerance: ''
};

/** What the panel shows: the pipeline, its runs, and how somebody left the panel. */
export class PanelModel extends VDomModel {
  constructor(
    readonly pipeline: IPipelineModel,
    readonly runs: RunsModel
  ) {
    super();
    pipeline.stateChanged.connect(this._onChanged, this);
    runs.stateChanged.connect(this._onChanged, this);
  }

  get view(): IViewState {
    const { notebook } = this.pipeline;
    return (notebook && this._views.get(notebook)) ?? FRESH;
  }

  /** Keep the view of the notebook in front with this changed. */
  change(part: Partial<IViewState>): void {
    const { notebook } = this.pipeline;
    if (notebook !== null) {
      this._views.set(notebook, { ...this.view, ...part });
      this.stateChanged.emit();
    }
  }

  toggle(section: SectionName): void {
    const { closed } = this.view;
    this.change({
      closed: closed.includes(section)
        ? closed.filter(name => name !== section)
        : [...closed, section]
    });
  }

  private _onChanged(): void {
    this.stateChanged.emit();
  }

  private readonly _views = new WeakMap<object, IViewState>();
}
