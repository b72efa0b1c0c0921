import { EditorView } from '@codemirror/view';

import { problem } from '../../flow/__tests__/fixtures';
import { ProblemIndex } from '../problemIndex';
import { problemMarks } from '../problemMarks';

describe('problemMarks', () => {
  const cell = { id: 'c1' };
  let index: ProblemIndex;
  let view: EditorView;

  function show(...lines: number[]): void {
    index.update(
      [cell],
      lines.map(line => problem({ cell_id: 'c1', cell: 1, line, column: 1 }))
    );
  }

  function marked(): (string | null)[] {
    const marks = view.dom.querySelectorAll('.jp-mlcode-mark');
    return Array.from(marks, mark => mark.textContent);
  }

  beforeEach(() => {
    index = new ProblemIndex();
    view = new EditorView({
      doc: 'one\n  two\nthree',
      extensions: problemMarks(index, cell)
    });
  });

  afterEach(() => view.destroy());

  it('marks the text of a line and signs it', () => {
    show(2);
    expect(marked()).toEqual(['two']);
    const sign = view.dom.querySelector('.jp-mlcode-sign');
    expect(sign?.getAttribute('aria-label')).toMatch(/something is wrong/);
  });

  it('takes the mark from the line that is edited, and from no other', () => {
    show(2, 3);
    view.dispatch({ changes: { from: 4, insert: 'x' } });
    expect(marked()).toEqual(['three']);
  });

  it('keeps a mark on its line when lines come before it', () => {
    show(3);
    view.dispatch({ changes: { from: 0, insert: 'zero\n' } });
    expect(marked()).toEqual(['three']);
  });

  it('brings back a mark that the analysis finds again', () => {
    show(3);
    view.dispatch({ changes: { from: view.state.doc.length, insert: '!' } });
    expect(marked()).toEqual([]);
    show(3);
    expect(marked()).toEqual(['three!']);
  });

  it('takes no line that is not there', () => {
    show(0, 99);
    expect(marked()).toEqual([]);
  });

  it('leaves notes to the panel', () => {
    index.update(
      [cell],
      [problem({ cell_id: 'c1', line: 1, severity: 'note' })]
    );
    expect(marked()).toEqual([]);
  });
});
