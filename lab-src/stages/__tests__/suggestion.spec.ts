import { countSuggestions, openSuggestions } from '../suggestion';

function suggest(
  cell_id: string,
  tag: string
): {
  cell_id: string;
  tag: string;
  reason: string;
} {
  return { cell_id, tag, reason: '' };
}

describe('openSuggestions', () => {
  it('keeps those that change a code cell that is still there', () => {
    const cells = [
      { id: 'a', type: 'code', tags: ['setup'] },
      { id: 'b', type: 'code', tags: undefined },
      { id: 'c', type: 'markdown', tags: [] }
    ];
    const suggestions = [
      suggest('a', 'setup'),
      suggest('b', 'stage:x'),
      suggest('c', 'stage:x'),
      suggest('gone', 'stage:x')
    ];
    expect(openSuggestions(suggestions, cells)).toEqual([suggestions[1]]);
  });
});

describe('countSuggestions', () => {
  it('counts stages once and other cells each', () => {
    expect(
      countSuggestions([
        suggest('a', 'stage:x'),
        suggest('b', 'stage:x'),
        suggest('c', 'stage:y'),
        suggest('d', 'setup'),
        suggest('e', 'setup'),
        suggest('f', 'parameters')
      ])
    ).toEqual({ stages: 2, setup: 2, parameters: 1, skip: 0 });
  });
});
