import { addToLog, EMPTY_LOG } from '../log';
import {
  durationText,
  parametersText,
  progressOf,
  shortValue,
  withRun
} from '../summary';
import { run } from './runs';

describe('durationText', () => {
  it.each([
    [0.42, '0.4 s'],
    [9.96, '10 s'],
    [59.7, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [NaN, '']
  ])('%p', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('parametersText', () => {
  it('tells runs apart', () => {
    expect(parametersText({ threshold: 0.30000000000000004, on: true })).toBe(
      'threshold=0.3, on=true'
    );
  });

  it('cuts what is long', () => {
    expect(shortValue('x'.repeat(99))).toHaveLength(40);
  });
});

describe('progressOf', () => {
  it('adds up the stages', () => {
    const stage = {
      name: 's',
      state: 'running',
      done: 2,
      cells: 5,
      seconds: 0,
      at: '',
      notebook: ''
    } as const;
    expect(progressOf(run({ stages: [stage, stage] }))).toEqual({
      done: 4,
      cells: 10
    });
  });
});

describe('withRun', () => {
  const old = run({ id: 'a', started: '2026-01-01' });
  const young = run({ id: 'b', started: '2026-01-02' });

  it('puts a new run on top', () => {
    expect(withRun([old], young).map(r => r.id)).toEqual(['b', 'a']);
  });

  it('replaces a run in its place', () => {
    const runs = withRun([young, old], run({ ...old, state: 'failed' }));
    expect(runs.map(r => r.state)).toEqual(['completed', 'failed']);
  });
});

describe('addToLog', () => {
  const log = addToLog(EMPTY_LOG, 0, 'one\n') ?? EMPTY_LOG;

  it('adds what comes next', () => {
    expect(addToLog(log, 4, 'two')).toEqual({ text: 'one\ntwo', offset: 7 });
  });

  it('passes over what it has', () => {
    expect(addToLog(log, 0, 'one\n')).toBe(log);
    expect(addToLog(log, 2, 'e\ntwo')?.text).toBe('one\ntwo');
  });

  it('says when a piece is missing', () => {
    expect(addToLog(log, 9, 'x')).toBeNull();
  });
});
