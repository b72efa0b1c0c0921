import { EventStream } from '../../api/events';
import type { ISocket } from '../../api/events';
import { RequestError } from '../../api/errors';
import type { EventMessage, Run } from '../../api/messages';
import type { IPipelineClient } from '../../tokens';
import { RunsModel } from '../runsModel';
import { run } from './runs';

class FakeServer {
  known: Run[] = [];
  log = '';
  readonly socket: ISocket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    close: () => undefined
  };

  readonly client = {
    runs: async () => ({ runs: this.known }),
    log: async (_id: string, offset: number) => ({
      text: this.log.slice(offset),
      offset: this.log.length
    }),
    start: async () => run({ id: 'new', state: 'running' }),
    cancel: async (id: string) => run({ id, state: 'cancelled' })
  } as unknown as IPipelineClient;

  send(message: EventMessage): void {
    const data = JSON.stringify(message);
    this.socket.onmessage?.({ data } as MessageEvent);
  }
}

describe('RunsModel', () => {
  let server: FakeServer;
  let events: EventStream;
  let model: RunsModel;

  async function settled(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, 0));
  }

  beforeEach(async () => {
    server = new FakeServer();
    events = new EventStream(() => server.socket);
    model = new RunsModel(server.client, events);
    server.known = [
      run({ id: 'old' }),
      run({ id: 'going', state: 'running', started: '2026-02-01' })
    ];
    model.path = 'n.ipynb';
    await settled();
  });

  afterEach(() => {
    model.dispose();
    events.dispose();
  });

  it('opens the run that is going on, as after a reload', () => {
    expect(model.selected?.id).toBe('going');
  });

  it('follows a run by the socket', () => {
    server.send({ type: 'run', run: run({ id: 'going', state: 'failed' }) });
    expect(model.selected?.state).toBe('failed');
  });

  it('takes no run of another notebook', () => {
    let drawn = 0;
    model.stateChanged.connect(() => drawn++);
    server.send({ type: 'run', run: run({ id: 'x', path: 'other.ipynb' }) });
    expect(model.runs).toHaveLength(2);
    expect(drawn).toBe(0);
  });

  it('adds to the log what the socket brings', () => {
    server.send({ type: 'log', id: 'going', offset: 0, text: 'one\n' });
    server.send({ type: 'log', id: 'going', offset: 4, text: 'two\n' });
    expect(model.logOf('going').text).toBe('one\ntwo\n');
  });

  it('asks for the log when a piece is missing', async () => {
    server.log = 'one\ntwo\n';
    server.send({ type: 'log', id: 'going', offset: 4, text: 'two\n' });
    await settled();
    expect(model.logOf('going').text).toBe('one\ntwo\n');
  });

  it('asks for everything when the line is there again', async () => {
    server.known = [run({ id: 'going', state: 'lost' })];
    server.socket.onopen?.({} as Event);
    await settled();
    expect(model.runs.map(({ state }) => state)).toEqual(['lost']);
  });

  it('opens the run that was started', async () => {
    await model.start({
      path: 'n.ipynb',
      folder: null,
      kind: 'run',
      parameters: {},
      stage: null,
      from_stage: null,
      tolerance: null,
      anew: false
    });
    expect(model.selected?.id).toBe('new');
  });

  it("keeps the server's words when it refuses", async () => {
    server.client.cancel = () =>
      Promise.reject(new RequestError('it has ended', '', 409));
    await model.cancel('going');
    expect(model.error?.message).toBe('it has ended');
  });

  it('forgets the runs of the notebook it had before', () => {
    model.path = '';
    expect(model.runs).toEqual([]);
    expect(model.selected).toBeNull();
  });
});
