/** The end of what a run printed; a long log is shown from its end. */
export interface ILog {
  readonly text: string;
  /** Up to where the log has been read, as the server counts. */
  readonly offset: number;
}

export const EMPTY_LOG: ILog = { text: '', offset: 0 };

export const MOST_LOG = 200000;

/**
 * The log with a piece added; null when something between them is missing.
 *
 * A piece may come twice, from the socket and from a request.
 */
export function addToLog(log: ILog, offset: number, text: string): ILog | null {
  if (offset > log.offset) {
    return null;
  }
  const fresh = text.slice(log.offset - offset);
  if (fresh === '') {
    return log;
  }
  return {
    text: (log.text + fresh).slice(-MOST_LOG),
    offset: log.offset + fresh.length
  };
}
