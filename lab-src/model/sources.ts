import type { ISignal } from '@lumino/signaling';

/** What changed in a cell; an output or a counter is no reason to analyse. */
export interface ICellChange {
  readonly sourceChange?: unknown;
  readonly metadataChange?: unknown;
}

/** A cell model, as far as we look at it: `ICellModel` is one. */
export interface ICellSource {
  readonly id: string;
  readonly type: string;
  readonly sharedModel: {
    readonly changed: ISignal<unknown, ICellChange>;
    getSource(): string;
  };
  getMetadata(key: string): unknown;
}

/** A notebook model, as far as we look at it: `INotebookModel` is one. */
export interface INotebookSource {
  readonly cells: Iterable<ICellSource> & {
    readonly changed: ISignal<
      unknown,
      { readonly newValues: ReadonlyArray<ICellSource> }
    >;
  };
  readonly metadataChanged: ISignal<unknown, unknown>;
  getMetadata(key: string): unknown;
}

/** Name and language of the kernel that the notebook's metadata ask for. */
export function kernelOf(notebook: INotebookSource): {
  kernel: string;
  language: string;
} {
  const spec = record(notebook.getMetadata('kernelspec'));
  const info = record(notebook.getMetadata('language_info'));
  return {
    kernel: text(spec.name),
    language: text(info.name) || text(spec.language)
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
