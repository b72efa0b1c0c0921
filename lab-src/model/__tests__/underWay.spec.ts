import { UnderWay } from '../underWay';

describe('UnderWay', () => {
  it('does nothing twice for one owner, and again when it is done', async () => {
    const underWay = new UnderWay();
    const owner = {};
    const done: string[] = [];
    let finish: () => void = () => undefined;
    const first = underWay.once(owner, async () => {
      await new Promise<void>(resolve => (finish = resolve));
      done.push('first');
    });
    await underWay.once(owner, async () => void done.push('second'));
    await underWay.once({}, async () => void done.push('other'));
    finish();
    await first;
    await underWay.once(owner, async () => void done.push('third'));
    expect(done).toEqual(['other', 'first', 'third']);
  });

  it('is over after a failure, and says when it begins and ends', async () => {
    const underWay = new UnderWay();
    const owner = {};
    const seen: boolean[] = [];
    underWay.changed.connect(() => seen.push(underWay.has(owner)));
    await expect(
      underWay.once(owner, () => Promise.reject(new Error('no')))
    ).rejects.toThrow('no');
    expect(seen).toEqual([true, false]);
  });
});
