import { diffLines, diffSize } from '../diffLines';

const DIFF = `--- a/stage_load.py
+++ b/stage_load.py
@@ -1,2 +1,2 @@
 x = 1
-y = 2
+y = 3
`;

describe('diffLines', () => {
  it('says what each line is', () => {
    expect(diffLines(DIFF).map(line => line.kind)).toEqual([
      'place',
      'same',
      'removed',
      'added'
    ]);
  });

  it('counts lines', () => {
    expect(diffSize(DIFF)).toEqual({ added: 1, removed: 1 });
  });
});
