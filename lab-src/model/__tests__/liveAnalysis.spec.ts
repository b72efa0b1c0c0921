import type { AnalyseReply, AnalyseRequest } from '../../api/messages';
import { NotebookSession } from '../notebookSession';
import { FakeCell, FakeNotebook } from './fakeNotebook';

const NOTHING = { name: 'n', stages: [], edges: [], parameters: [], cells: {} };

/** A server that a test lets answer when it wants. */
class FakeServer {
  readonly requests: AnalyseRequest[] = [];
  answer: (request: AnalyseRequest) => AnalyseReply | Promise<AnalyseReply> = ({
    revision
  }) => ({ ...NOTHING, revision, problems: [] });

  async analyse(request: AnalyseRequest): Promise<AnalyseReply> {
    this.requests.push(request);
    return this.answer(request);
  }

  get last(): AnalyseRequest {
    return this.requests[this.requests.length - 1];
  }
}

describe('the live analysis', () => {
  let server: FakeServer;
  let notebook: FakeNotebook;
  let session: NotebookSession;
  let results: number;

  beforeEach(() => {
    jest.useFakeTimers();
    server = new FakeServer();
    notebook = new FakeNotebook(['stage:load'], ['stage:train'], []);
    session = new NotebookSession(notebook, {
      client: server,
      session: 's',
      path: () => 'n.ipynb',
      delay: () => 500
    });
    results = 0;
    session.changed.connect(() => {
      results += 1;
    });
  });

  afterEach(() => {
    session.dispose();
    jest.useRealTimers();
  });

  async function opened(): Promise<void> {
    session.live.active = true;
    await jest.advanceTimersByTimeAsync(0);
  }

  it('sends everything at first', async () => {
    await opened();
    expect(server.requests).toEqual([
      {
        session: 's',
        path: 'n.ipynb',
        revision: 1,
        base: null,
        kernel: 'python3',
        language: 'python',
        order: ['a', 'b', 'c'],
        cells: {
          a: { type: 'code', source: 'x = 0', tags: ['stage:load'] },
          b: { type: 'code', source: 'x = 1', tags: ['stage:train'] },
          c: { type: 'code', source: 'x = 2', tags: [] }
        }
      }
    ]);
  });

  it('asks nothing for a notebook that is not in front', async () => {
    notebook.list[0].write('y = 1');
    await jest.advanceTimersByTimeAsync(5000);
    expect(server.requests).toHaveLength(0);
  });

  it('asks nothing while somebody types, and then sends the cell that changed', async () => {
    await opened();
    for (const text of ['y', 'y =', 'y = 1']) {
      notebook.list[1].write(text);
      await jest.advanceTimersByTimeAsync(400);
    }
    expect(server.requests).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(server.last).toMatchObject({
      base: 1,
      revision: 2,
      order: null,
      cells: { b: { source: 'y = 1' } }
    });
    expect(Object.keys(server.last.cells)).toEqual(['b']);
  });

  it('draws once for each analysis', async () => {
    await opened();
    results = 0;
    notebook.list[1].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(results).toBe(1);
  });

  it('stays stale until the answer is there', async () => {
    await opened();
    const { answer } = server;
    server.answer = request =>
      new Promise(resolve => {
        setTimeout(() => resolve(answer(request) as AnalyseReply), 100);
      });
    notebook.list[1].write('y = 1');
    await jest.advanceTimersByTimeAsync(550);
    expect(server.requests).toHaveLength(2);
    expect(session.live.stale).toBe(true);
    await jest.advanceTimersByTimeAsync(50);
    expect(session.live.stale).toBe(false);
  });

  it('takes no notice of outputs', async () => {
    await opened();
    notebook.list[0].print();
    await jest.advanceTimersByTimeAsync(1000);
    expect(session.live.stale).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  it('asks nothing after an edit that was taken back', async () => {
    await opened();
    notebook.list[0].write('y');
    notebook.list[0].write('x = 0');
    await jest.advanceTimersByTimeAsync(500);
    expect(server.requests).toHaveLength(1);
    expect(session.live.stale).toBe(false);
  });

  it('sends the order when cells come and go', async () => {
    await opened();
    notebook.insert(1, new FakeCell('n', 'new', []));
    notebook.remove(0);
    await jest.advanceTimersByTimeAsync(500);
    expect(server.last.order).toEqual(['n', 'b', 'c']);
    expect(Object.keys(server.last.cells)).toEqual(['n']);
  });

  it('follows a cell that came later', async () => {
    await opened();
    const cell = new FakeCell('n', 'new', []);
    notebook.insert(1, cell);
    await jest.advanceTimersByTimeAsync(500);
    cell.write('newer');
    await jest.advanceTimersByTimeAsync(500);
    expect(server.last).toMatchObject({
      order: null,
      cells: { n: { source: 'newer' } }
    });
  });

  it('sends everything again when the server has lost it', async () => {
    await opened();
    const { answer } = server;
    server.answer = request =>
      request.base === null ? answer(request) : { resync: true };
    notebook.list[1].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(server.requests).toHaveLength(3);
    expect(server.last.base).toBeNull();
    expect(Object.keys(server.last.cells)).toEqual(['a', 'b', 'c']);
    expect(session.live.analysis?.revision).toBe(3);
  });

  it('gives up on a server that loses it twice', async () => {
    server.answer = () => ({ resync: true });
    await opened();
    expect(server.requests).toHaveLength(2);
    expect(session.live.failure?.message).toMatch(/twice/);
  });

  it('keeps the graph when only the problems differ', async () => {
    await opened();
    const stages = session.live.analysis?.stages;
    server.answer = ({ revision }) => ({ revision, base: 1, problems: null });
    notebook.list[1].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(session.live.analysis?.revision).toBe(2);
    expect(session.live.analysis?.stages).toBe(stages);
  });

  it('sends what changed during a request after it', async () => {
    await opened();
    let release: () => void = () => undefined;
    const { answer } = server;
    server.answer = async request => {
      await new Promise<void>(resolve => (release = resolve));
      return answer(request);
    };
    notebook.list[0].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    notebook.list[1].write('z = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(server.requests).toHaveLength(2);
    expect(session.live.stale).toBe(true);
    release();
    await jest.advanceTimersByTimeAsync(0);
    expect(Object.keys(server.last.cells)).toEqual(['b']);
    expect(server.last.base).toBe(2);
  });

  it('drops an answer to another question', async () => {
    await opened();
    server.answer = () => ({ ...NOTHING, revision: 1, problems: [] });
    notebook.list[0].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(session.live.analysis?.revision).toBe(1);
    expect(session.live.failure).not.toBeNull();
  });

  it('sends again what a failed request was to tell', async () => {
    await opened();
    const { answer } = server;
    server.answer = () => Promise.reject(new Error('gone'));
    notebook.list[0].write('y = 1');
    await jest.advanceTimersByTimeAsync(500);
    expect(session.live.stale).toBe(true);
    server.answer = answer;
    await session.live.refresh();
    expect(Object.keys(server.last.cells)).toEqual(['a']);
    expect(session.live.failure).toBeNull();
  });

  it('says why a notebook cannot be analysed', async () => {
    server.answer = ({ revision }) => ({
      revision,
      code: 'MLC001',
      message: 'the kernel runs R',
      hint: ''
    });
    await opened();
    expect(session.live.unreadable?.message).toBe('the kernel runs R');
    expect(session.live.analysis).toBeNull();
  });

  it('tells once that it lags behind', async () => {
    await opened();
    let lagged = 0;
    session.lagged.connect(() => {
      lagged += 1;
    });
    notebook.list[0].write('y');
    notebook.list[0].write('yy');
    expect(lagged).toBe(1);
  });

  it('spends next to nothing on a keystroke', async () => {
    await opened();
    const start = performance.now();
    for (let count = 0; count < 1000; count++) {
      notebook.list[0].write('y');
    }
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('reads the stages once when many cells are tagged', async () => {
    await opened();
    results = 0;
    notebook.list.forEach(cell => cell.tag('stage:one'));
    await jest.advanceTimersByTimeAsync(0);
    expect(results).toBe(1);
    expect(session.stages.map(stage => stage.name)).toEqual(['one']);
  });
});
