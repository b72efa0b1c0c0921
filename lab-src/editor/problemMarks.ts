import { StateEffect, StateField } from '@codemirror/state';
import type { EditorState, Extension, Range } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  ViewPlugin,
  WidgetType
} from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';

import type { ILineProblem, ProblemIndex } from './problemIndex';

const setProblems = StateEffect.define<ReadonlyArray<ILineProblem>>();

/** Marks a cell's problems in its editor; a mark goes when its line is edited. */
export function problemMarks(index: ProblemIndex, cell: object): Extension {
  const field = StateField.define<DecorationSet>({
    create: state => decorate(state, index.of(cell)),
    update: (marks, transaction) => {
      for (const effect of transaction.effects) {
        if (effect.is(setProblems)) {
          return decorate(transaction.state, effect.value);
        }
      }
      return transaction.docChanged && marks.size > 0
        ? dropEdited(marks, transaction)
        : marks;
    },
    provide: self => EditorView.decorations.from(self)
  });
  return [field, follower(index, cell)];
}

/** Hands the problems to the editor when they change. */
function follower(index: ProblemIndex, cell: object): Extension {
  return ViewPlugin.define(view => {
    const onChanged = (_: ProblemIndex, cells: ReadonlySet<object>): void => {
      if (cells.has(cell)) {
        view.dispatch({ effects: setProblems.of(index.of(cell)) });
      }
    };
    index.changed.connect(onChanged);
    return { destroy: () => void index.changed.disconnect(onChanged) };
  });
}

function decorate(
  state: EditorState,
  problems: ReadonlyArray<ILineProblem>
): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const problem of problems) {
    if (problem.line < 1 || problem.line > state.doc.lines) {
      continue;
    }
    const line = state.doc.line(problem.line);
    const indent = line.text.length - line.text.trimStart().length;
    const column = Math.min(problem.column ?? 1, line.text.length);
    const from = line.from + Math.max(indent, column - 1);
    const to = line.from + line.text.trimEnd().length;
    if (from < to) {
      ranges.push(underline(problem).range(from, to));
    }
    ranges.push(
      Decoration.widget({ widget: new Sign(problem), side: 1 }).range(line.to)
    );
  }
  return Decoration.set(ranges, true);
}

function underline({ severity, text }: ILineProblem): Decoration {
  return Decoration.mark({
    class: `jp-mlcode-mark jp-mlcode-mark-${severity}`,
    attributes: { title: text }
  });
}

function dropEdited(
  marks: DecorationSet,
  transaction: {
    readonly startState: EditorState;
    readonly changes: Parameters<DecorationSet['map']>[0];
  }
): DecorationSet {
  const { doc } = transaction.startState;
  let left = marks;
  transaction.changes.iterChangedRanges((fromA, toA) => {
    const start = doc.lineAt(fromA).from;
    const end = doc.lineAt(toA).to;
    left = left.update({
      filter: () => false,
      filterFrom: start,
      filterTo: end
    });
  });
  return left.map(transaction.changes);
}

/** The sign at the end of a line with a problem, for those who see no color. */
class Sign extends WidgetType {
  constructor(private readonly _problem: ILineProblem) {
    super();
  }

  override eq(other: Sign): boolean {
    return (
      other._problem.text === this._problem.text &&
      other._problem.severity === this._problem.severity
    );
  }

  toDOM(): HTMLElement {
    const { severity, text } = this._problem;
    const node = document.createElement('span');
    node.className = `jp-mlcode-sign jp-mlcode-sign-${severity}`;
    node.textContent = severity === 'error' ? ' ✗' : ' ⚠';
    node.title = text;
    node.setAttribute('role', 'img');
    node.setAttribute('aria-label', text);
    return node;
  }
}
