import { NotebookActions } from '@jupyterlab/notebook';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';

/**
 * Shows a cell of the notebook, and puts the cursor on its line when there is one.
 *
 * A cell of a file without ids is found by its number.
 */
export async function revealCell(
  panel: NotebookPanel,
  cellId: string,
  line: number | null,
  number: number | null = null
): Promise<void> {
  const notebook = panel.content;
  const index = indexOf(notebook, cellId, number);
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

function indexOf(
  notebook: Notebook,
  cellId: string,
  number: number | null
): number {
  const index = notebook.widgets.findIndex(cell => cell.model.id === cellId);
  // Before 4.5 the ids in the browser are its own; after it, a cell that is not there was removed.
  return index < 0 &&
    number !== null &&
    (notebook.model?.nbformatMinor ?? 5) < 5
    ? number - 1
    : index;
}
