import { EventStream, pauseBefore } from '../events';
import type { ISocket } from '../events';
import { errorOf } from '../errors';

class FakeSocket implements ISocket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  close(): void {
    this.onclose?.({} as CloseEvent);
  }
}

describe('EventStream', () => {
  let sockets: FakeSocket[];
  let stream: EventStream;

  beforeEach(() => {
    jest.useFakeTimers();
    sockets = [];
    stream = new EventStream(() => {
      sockets.push(new FakeSocket());
      return sockets[sockets.length - 1];
    });
    stream.start();
  });

  afterEach(() => {
    stream.dispose();
    jest.useRealTimers();
  });

  it('opens one line', () => {
    stream.start();
    expect(sockets).toHaveLength(1);
  });

  it('hands on messages and passes over noise', () => {
    const heard: string[] = [];
    stream.received.connect((_, message) => heard.push(message.type));
    const log = '{"type": "log", "id": "r", "offset": 0, "text": "x"}';
    for (const data of ['nonsense', '{"type": "other"}', log]) {
      sockets[0].onmessage?.({ data } as MessageEvent);
    }
    expect(heard).toEqual(['log']);
  });

  it('connects again, each time after a longer pause', () => {
    sockets[0].close();
    jest.advanceTimersByTime(499);
    expect(sockets).toHaveLength(1);
    jest.advanceTimersByTime(1);
    sockets[1].close();
    jest.advanceTimersByTime(999);
    expect(sockets).toHaveLength(2);
    jest.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
  });

  it('begins with short pauses again after a line that held', () => {
    sockets[0].close();
    jest.advanceTimersByTime(500);
    sockets[1].onopen?.({} as Event);
    sockets[1].close();
    jest.advanceTimersByTime(500);
    expect(sockets).toHaveLength(3);
  });

  it('stays away once it is disposed', () => {
    stream.dispose();
    jest.advanceTimersByTime(100000);
    expect(sockets).toHaveLength(1);
  });

  it('never waits for more than half a minute', () => {
    expect(pauseBefore(50)).toBe(30000);
  });
});

describe('errorOf', () => {
  it("takes the server's words", () => {
    const error = errorOf(422, { message: 'no such file', hint: 'save it' });
    expect([error.message, error.hint]).toEqual(['no such file', 'save it']);
  });

  it.each([null, 'text', {}, { message: 3 }])('makes do with %p', body => {
    expect(errorOf(500, body).message).toMatch(/status 500/);
  });
});
