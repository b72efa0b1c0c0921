import { verdictOf, verdictOfAll } from '../verdicts';
import { stageVerdict, verification } from './runs';

describe('verdictOf', () => {
  it.each([
    [{ equal: 2 }, 'equal'],
    [{ equal: 2, unstable: 1 }, 'equal'],
    [{ unstable: 1 }, 'unstable'],
    [{ equal: 2, close: 1 }, 'close'],
    [{ close: 1, different: 1 }, 'different'],
    [{}, 'equal']
  ] as const)('%p is %s', (counts, verdict) => {
    expect(verdictOf(stageVerdict('fit', counts))).toBe(verdict);
  });
});

describe('verdictOfAll', () => {
  it('calls close what is close', () => {
    const close = { count: 1, first: [] };
    expect(verdictOfAll(verification({}))).toBe('equal');
    expect(verdictOfAll(verification({ close }))).toBe('close');
    expect(verdictOfAll(verification({ close, equal: false }))).toBe(
      'different'
    );
  });
});
