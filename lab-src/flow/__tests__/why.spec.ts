import { nullTranslator } from '@jupyterlab/translation';

import { whyEdge, whyPieces, whySentence } from '../why';
import { carried, edge } from './fixtures';

const trans = nullTranslator.load('jupyter_mlcode');

describe('why', () => {
  it('says where something is made, changed and read', () => {
    expect(whySentence(carried('df'), trans)).toBe(
      '`df`, made in cell 3 line 1, changed by `df.dropna(inplace=True)` in cell 7 line 4, read in cell 12 line 2'
    );
  });

  it('leads to each of the places', () => {
    const spots = whyPieces(carried('df'), trans).flatMap(
      piece => piece.spot?.cell ?? []
    );
    expect(spots).toEqual([3, 7, 12]);
  });

  it('stops after a few', () => {
    const many = edge('a', 'b', ...'abcdefgh');
    expect(whyEdge(many, trans).split('\n').pop()).toBe('and 2 more');
  });
});
