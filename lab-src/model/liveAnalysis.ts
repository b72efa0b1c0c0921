import { RequestError } from '../api/errors';
import type {
  AnalyseReply,
  AnalyseRequest,
  Analysis,
  SentCell,
  Unreadable
} from '../api/messages';
import type { IPipelineClient } from '../tokens';
import { readTags } from '../stages/stageTags';
import { SentCells } from './sentCells';
import type { CellDelta } from './sentCells';
import { kernelOf } from './sources';
import type { ICellSource, INotebookSource } from './sources';

/** What a live analysis asks of its surroundings. */
export interface ILiveAnalysisOptions {
  readonly client: Pick<IPipelineClient, 'analyse'>;
  readonly session: string;
  /** The path of the notebook now; it may be renamed. */
  readonly path: () => string;
  /** How long to wait after the last change, in milliseconds. */
  readonly delay: () => number;
  /** Called when the result, its failure or its readability changed. */
  readonly onResult: () => void;
}

/**
 * Keeps one notebook's analysis up to date.
 *
 * A change restarts a timer and does nothing else, so that typing costs nothing. One
 * request is under way at a time; it carries the cells that changed since the last answer.
 */
export class LiveAnalysis {
  constructor(
    private readonly _notebook: INotebookSource,
    private readonly _options: ILiveAnalysisOptions
  ) {}

  analysis: Analysis | null = null;
  unreadable: Unreadable | null = null;
  failure: RequestError | null = null;

  /** Whether something changed since what the last answer is about. */
  get stale(): boolean {
    return this._stale || this._asking;
  }

  /** The cell's text or tags changed. */
  touch(id: string): void {
    this._touched.add(id);
    this.schedule();
  }

  /** Analyse a while after the last call of this. */
  schedule(): void {
    this._stale = true;
    clearTimeout(this._timer);
    this._timer = this._active
      ? setTimeout(() => void this.refresh(), this._options.delay())
      : undefined;
  }

  /** Only a notebook in front is analysed; one that comes back catches up at once. */
  set active(active: boolean) {
    this._active = active;
    clearTimeout(this._timer);
    if (active && this._stale) {
      this._timer = setTimeout(() => void this.refresh(), 0);
    }
  }

  /** Analyses now; resolves when the result is there. */
  async refresh(): Promise<void> {
    clearTimeout(this._timer);
    if (this._underWay !== null) {
      await this._underWay;
      return this._stale ? this.refresh() : undefined;
    }
    this._underWay = this._analyse().finally(() => {
      this._underWay = null;
    });
    return this._underWay;
  }

  /** The body of a request about the notebook as it is, without what the server knows. */
  wholeRequest(): AnalyseRequest {
    return this._request(new SentCells().delta(...this._cells(new Set())));
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
  }

  private async _analyse(): Promise<void> {
    const touched = this._touched;
    this._touched = new Set();
    this._stale = false;
    this._asking = true;
    try {
      await this._ask(touched);
    } catch (error) {
      touched.forEach(id => this._touched.add(id));
      this._stale = true;
      this.failure =
        error instanceof RequestError
          ? error
          : new RequestError(String(error), '', 0);
    }
    this._asking = false;
    if (!this._disposed) {
      this._options.onResult();
    }
  }

  /** Sends what changed; again, and all of it, when the server lost what it knew. */
  private async _ask(touched: ReadonlySet<string>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const delta = this._sent.delta(...this._cells(touched));
      const request = this._request(delta);
      const about = request.kernel + '\n' + request.language;
      if (SentCells.isEmpty(delta) && about === this._about) {
        this.failure = null;
        return;
      }
      const reply = await this._options.client.analyse(request);
      if (
        'resync' in reply ||
        ('base' in reply && reply.base !== this.analysis?.revision)
      ) {
        this._sent.forget();
        if (attempt > 0) {
          throw new RequestError('the server lost the notebook twice', '', 0);
        }
        continue;
      }
      if (reply.revision !== request.revision) {
        throw new RequestError('an answer came to another question', '', 0);
      }
      this._about = about;
      this._accept(reply, delta);
      return;
    }
  }

  private _accept(
    reply: Exclude<AnalyseReply, { resync: true }>,
    delta: CellDelta
  ): void {
    this.failure = null;
    if ('hint' in reply) {
      this._sent.forget();
      this.unreadable = reply;
      this.analysis = null;
      return;
    }
    this._sent.answered(reply.revision, delta);
    this.unreadable = null;
    if (!('base' in reply)) {
      this.analysis = reply;
    } else if (this.analysis !== null) {
      // Checked by the caller: the graph that the server means is the one we have.
      this.analysis = {
        ...this.analysis,
        revision: reply.revision,
        problems: reply.problems ?? this.analysis.problems
      };
    }
  }

  private _request(delta: CellDelta): AnalyseRequest {
    this._revision += 1;
    return {
      session: this._options.session,
      path: this._options.path(),
      revision: this._revision,
      ...kernelOf(this._notebook),
      ...delta
    };
  }

  private _cells(
    touched: ReadonlySet<string>
  ): [string[], (id: string) => SentCell, ReadonlySet<string>] {
    const byId = new Map<string, ICellSource>();
    for (const cell of this._notebook.cells) {
      byId.set(cell.id, cell);
    }
    const read = (id: string): SentCell => sentCell(byId.get(id));
    return [[...byId.keys()], read, touched];
  }

  private readonly _sent = new SentCells();
  private _touched = new Set<string>();
  private _about = '';
  private _active = false;
  private _disposed = false;
  private _revision = 0;
  private _stale = true;
  private _asking = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _underWay: Promise<void> | null = null;
}

function sentCell(cell: ICellSource | undefined): SentCell {
  if (cell === undefined) {
    return { type: 'raw', source: '', tags: [] };
  }
  const type =
    cell.type === 'code' || cell.type === 'markdown' ? cell.type : 'raw';
  return {
    type,
    source: cell.sharedModel.getSource(),
    tags: readTags(cell.getMetadata('tags'))
  };
}
