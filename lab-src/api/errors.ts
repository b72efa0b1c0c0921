/** What the server, or the way to it, says when a request is not answered. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** What can be done about it; may be empty. */
    readonly hint: string,
    /** The status of the reply; 0 when there was none. */
    readonly status: number
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/** The error of a reply, from its status and body, whatever shape that has. */
export function errorOf(status: number, body: unknown): RequestError {
  const reply = (body ?? {}) as Record<string, unknown>;
  const message =
    typeof reply.message === 'string' && reply.message !== ''
      ? reply.message
      : `the server answered with status ${status}`;
  const hint = typeof reply.hint === 'string' ? reply.hint : '';
  return new RequestError(message, hint, status);
}
