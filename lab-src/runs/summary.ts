import type { Run, RunState, StageProgress } from '../api/messages';

/** The sign of a state: colour never stands alone. */
export const STATE_ICONS: Readonly<
  Record<RunState | StageProgress['state'], string>
> = {
  running: '▶',
  completed: '✓',
  unchanged: '=',
  failed: '✗',
  cancelled: '■',
  lost: '?',
  waiting: '·',
  interrupted: '■',
  not_run: '–'
};

/** A duration as people say it: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function durationText(seconds: number): string {
  if (!(seconds >= 0)) {
    return '';
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The parameters of a run, shortest words: threshold=0.3. */
export function parametersText(parameters: Run['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${shortValue(value)}`)
    .join(', ');
}

/** A number with four digits that say something, any other value as JSON. */
export function shortValue(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(4)));
  }
  const text =
    typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The cells done and the cells there are, over all stages. */
export function progressOf(run: Run): { done: number; cells: number } {
  return run.stages.reduce(
    (sum, stage) => ({
      done: sum.done + stage.done,
      cells: sum.cells + stage.cells
    }),
    { done: 0, cells: 0 }
  );
}

/** When a run began: the time today, the day and time before. */
export function startedText(started: string, now: Date): string {
  const date = new Date(started);
  if (Number.isNaN(date.getTime())) {
    return started;
  }
  const sameDay = date.toDateString() === now.toDateString();
  return date.toLocaleString(undefined, {
    ...(sameDay ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit'
  });
}

/** The runs with this one put in: in its place when it is there, else on top by its time. */
export function withRun(runs: ReadonlyArray<Run>, run: Run): Run[] {
  const others = runs.filter(other => other.id !== run.id);
  return [...others, run].sort((a, b) =>
    a.started === b.started ? 0 : a.started < b.started ? 1 : -1
  );
}

/** What each stage is doing or did in the last run, by its name. */
export function stageStates(
  run: Run | null
): ReadonlyMap<string, StageProgress> {
  return new Map(run?.stages.map(stage => [stage.name, stage]));
}
