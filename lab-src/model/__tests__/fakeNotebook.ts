import { Signal } from '@lumino/signaling';

import type { ICellChange, ICellSource, INotebookSource } from '../sources';

class FakeText {
  constructor(readonly getSource: () => string) {}

  readonly changed = new Signal<object, ICellChange>(this);
}

/** A cell whose text and tags a test can set. */
export class FakeCell implements ICellSource {
  constructor(
    readonly id: string,
    private _source: string,
    private _tags: unknown
  ) {}

  readonly type = 'code';
  readonly sharedModel = new FakeText(() => this._source);

  getMetadata(key: string): unknown {
    return key === 'tags' ? this._tags : undefined;
  }

  write(source: string): void {
    this._source = source;
    this._emit({ sourceChange: [] });
  }

  tag(...tags: string[]): void {
    this._tags = tags;
    this._emit({ metadataChange: {} });
  }

  print(): void {
    this._emit({ outputsChange: [] } as ICellChange);
  }

  private _emit(change: ICellChange): void {
    this.sharedModel.changed.emit(change);
  }
}

/** A notebook with cells a, b, c … of these tags. */
export class FakeNotebook implements INotebookSource {
  constructor(...tags: string[][]) {
    const list = tags.map(
      (own, index) =>
        new FakeCell(String.fromCharCode(97 + index), `x = ${index}`, own)
    );
    this.list = list;
    this.cells = Object.assign(list, {
      changed: new Signal<object, { newValues: FakeCell[] }>(this)
    });
  }

  readonly list: FakeCell[];
  readonly cells: FakeCell[] & {
    changed: Signal<object, { newValues: FakeCell[] }>;
  };
  readonly metadataChanged = new Signal<object, unknown>(this);

  getMetadata(key: string): unknown {
    return key === 'kernelspec'
      ? { name: 'python3', language: 'python' }
      : null;
  }

  insert(index: number, cell: FakeCell): void {
    this.list.splice(index, 0, cell);
    this.cells.changed.emit({ newValues: [cell] });
  }

  remove(index: number): void {
    this.list.splice(index, 1);
    this.cells.changed.emit({ newValues: [] });
  }
}
