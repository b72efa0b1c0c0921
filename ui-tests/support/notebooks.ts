import type { Page } from '@playwright/test';

/** A cell as a test writes it down: markdown when the source begins with #, else code. */
export interface ICell {
  readonly source: string;
  readonly tags?: ReadonlyArray<string>;
}

/** The text of a notebook file with these cells, whose ids are c0, c1 … */
export function notebookText(
  cells: ReadonlyArray<ICell>,
  metadata: object = {}
): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {
        display_name: 'Python 3 (ipykernel)',
        language: 'python',
        name: 'python3'
      },
      language_info: { name: 'python' },
      ...metadata
    },
    cells: cells.map(({ source, tags }, index) => ({
      id: `c${index}`,
      metadata: tags ? { tags } : {},
      source,
      ...(source.startsWith('#')
        ? { cell_type: 'markdown' }
        : { cell_type: 'code', execution_count: null, outputs: [] })
    }))
  });
}

/** A notebook with four headings and no tags of ours. */
export const UNTAGGED: ReadonlyArray<ICell> = [
  { source: 'import json' },
  { source: 'threshold = 0.5', tags: ['parameters'] },
  { source: '# Load' },
  { source: 'rows = [1, 2, 3, 4]' },
  { source: '# Prepare' },
  { source: 'kept = [row for row in rows if row > threshold]' },
  { source: '# Train' },
  { source: 'model = sum(kept) / len(kept)' },
  { source: '# Report' },
  { source: 'print(json.dumps({"model": model}))' }
];

interface IShownNotebook {
  content: {
    model: {
      cells: Iterable<{ id: string; getMetadata(key: string): unknown }>;
      getMetadata(key: string): unknown;
    };
  };
}

/** The `tags` of every cell of the notebook in front; null where there are none. */
export async function tagsOf(page: Page): Promise<unknown[]> {
  return page.evaluate(() => {
    const panel = window.jupyterapp.shell
      .currentWidget as unknown as IShownNotebook;
    return Array.from(
      panel.content.model.cells,
      cell => cell.getMetadata('tags') ?? null
    );
  });
}

/** What the notebook in front has under a key of its metadata. */
export async function metadataOf(page: Page, key: string): Promise<unknown> {
  return page.evaluate(name => {
    const panel = window.jupyterapp.shell
      .currentWidget as unknown as IShownNotebook;
    return panel.content.model.getMetadata(name) ?? null;
  }, key);
}

/** What is written on the chips of the cells that are drawn, by their places. */
export async function chipsOf(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const chips: Record<string, string> = {};
    document
      .querySelectorAll('.jp-Notebook .jp-Cell > .jp-CellHeader')
      .forEach(header => {
        const place = header.parentElement?.dataset.windowedListIndex ?? '?';
        const { content, display } = getComputedStyle(header, '::after');
        if (content !== 'none' && display !== 'none') {
          chips[place] = content.replace(/^"|"$/g, '');
        }
      });
    return chips;
  });
}

/**
 * Where each cell that is drawn stands within the notebook, by its place there.
 *
 * Where the notebook itself stands is up to the side bar, whose width is restored to a
 * quarter of a pixel.
 */
export async function boxesOf(page: Page): Promise<Record<string, number[]>> {
  return page.evaluate(() => {
    const boxes: Record<string, number[]> = {};
    const left =
      document.querySelector('.jp-Notebook')?.getBoundingClientRect().x ?? 0;
    document
      .querySelectorAll<HTMLElement>('.jp-Notebook .jp-Cell')
      .forEach(cell => {
        const { x, y, width, height } = cell.getBoundingClientRect();
        boxes[cell.dataset.windowedListIndex ?? '?'] = [
          x - left,
          y,
          width,
          height
        ];
      });
    return boxes;
  });
}
