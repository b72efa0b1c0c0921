import { NotebookActions } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** Shows a cell of the notebook, and puts the cursor on its line when there is one. */
export async function revealCell(
  panel: NotebookPanel,
  cellId: string,
  line: number | null
): Promise<void> {
  const notebook = panel.content;
  const index = notebook.widgets.findIndex(cell => cell.model.id === cellId);
  const cell = notebook.widgets[index];
  if (cell === undefined) {
    return;
  }
  // A cell under a folded heading has no place to scroll to.
  NotebookActions.expandParent(cell, notebook);
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  // Not `scrollToCell`, which hands the focus to the cell's editor once it has scrolled there.
  await notebook.scrollToItem(index).catch(() => undefined);
  if (line === null) {
    return;
  }
  await cell.ready;
  const { editor } = cell;
  if (editor !== null) {
    notebook.mode = 'edit';
    const position = { line: Math.min(line, editor.lineCount) - 1, column: 0 };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }
}
