import { stageRows } from '../rows';
import { boxTowards, drawScene, labelOf } from '../scene';
import { edge } from './fixtures';

function scene(...edges: [string, string][]): ReturnType<typeof drawScene> {
  const names = [...new Set(edges.flat())];
  const rows = stageRows(
    names.map(name => ({ name, valid: true, cellIds: [name] })),
    null,
    null
  );
  return drawScene(
    rows,
    edges.map(([source, target]) => edge(source, target, 'x'))
  );
}

describe('the scene', () => {
  it('shortens a label', () => {
    expect(labelOf(edge('a', 'b', 'df', 'y', 'z', 'df'))).toBe('df, y +1');
  });

  it('keeps a stage whose name is a property of objects', () => {
    expect(scene(['constructor', 'b']).lines).toHaveLength(1);
  });

  it('goes with the arrow keys to the box that is there', () => {
    const { boxes } = scene(['a', 'b'], ['a', 'c']);
    const [a, b, c] = boxes;
    expect(boxTowards(boxes, a, 'ArrowUp')).toBeNull();
    expect([b, c]).toContain(boxTowards(boxes, a, 'ArrowDown'));
    const [left, right] = b.x < c.x ? [b, c] : [c, b];
    expect(boxTowards(boxes, left, 'ArrowRight')).toBe(right);
    expect(boxTowards(boxes, right, 'ArrowUp')).toBe(a);
  });
});
