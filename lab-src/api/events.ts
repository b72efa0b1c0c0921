import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { EventMessage } from './messages';

/** The part of a WebSocket that is used. */
export interface ISocket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  close(): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30000;

/** How long to wait before the attempt with this number, counted from 0. */
export function pauseBefore(attempt: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt, 10));
}

/** Hears of runs from the server, and connects again when the line breaks. */
export class EventStream {
  constructor(private readonly _open: () => ISocket) {}

  /** What the server sends. */
  get received(): ISignal<this, EventMessage> {
    return this._received;
  }

  /** The line is there, for the first time or again: what was missed must be asked for. */
  get connected(): ISignal<this, void> {
    return this._connected;
  }

  /** Opens the line; nothing happens when it is open or about to be. */
  start(): void {
    if (this._socket === null && this._timer === undefined) {
      this._connect();
    }
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
    this._socket?.close();
    Signal.clearData(this);
  }

  private _connect(): void {
    this._timer = undefined;
    const socket = this._open();
    this._socket = socket;
    socket.onopen = () => {
      this._attempt = 0;
      this._connected.emit();
    };
    socket.onmessage = event => {
      const message = parse(event.data);
      if (message !== null) {
        this._received.emit(message);
      }
    };
    socket.onclose = () => this._onClose();
  }

  private _onClose(): void {
    this._socket = null;
    if (!this._disposed) {
      const pause = pauseBefore(this._attempt);
      this._attempt += 1;
      this._timer = setTimeout(() => this._connect(), pause);
    }
  }

  private readonly _received = new Signal<this, EventMessage>(this);
  private readonly _connected = new Signal<this, void>(this);
  private _socket: ISocket | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _attempt = 0;
  private _disposed = false;
}

function parse(data: unknown): EventMessage | null {
  try {
    const message = JSON.parse(String(data)) as EventMessage;
    return message.type === 'run' || message.type === 'log' ? message : null;
  } catch {
    return null;
  }
}
