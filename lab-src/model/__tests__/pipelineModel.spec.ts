import { Signal } from '@lumino/signaling';

import { PipelineModel } from '../pipelineModel';
import type { INotebookSource } from '../pipelineModel';

/** A notebook with cells a, b, c … whose tags a test can set. */
class FakeNotebook implements INotebookSource {
  constructor(private readonly _tags: unknown[]) {}

  readonly contentChanged = new Signal<this, void>(this);

  get cells(): ReturnType<FakeNotebook['_cell']>[] {
    return this._tags.map((_, index) => this._cell(index));
  }

  setTags(index: number, tags: string[]): void {
    this._tags[index] = tags;
    this.contentChanged.emit();
  }

  private _cell(index: number): {
    id: string;
    type: string;
    getMetadata(key: string): unknown;
  } {
    return {
      id: String.fromCharCode(97 + index),
      type: 'code',
      getMetadata: key => (key === 'tags' ? this._tags[index] : undefined)
    };
  }
}

describe('PipelineModel', () => {
  let model: PipelineModel;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    model = new PipelineModel();
    model.stateChanged.connect(() => {
      changes += 1;
    });
  });

  afterEach(() => {
    model.dispose();
  });

  it('has no stages without a notebook', () => {
    expect(model.hasNotebook).toBe(false);
    expect(model.stages).toEqual([]);
  });

  it('reads the stages of a notebook it is given', () => {
    model.notebook = new FakeNotebook([
      ['stage:load'],
      undefined,
      ['stage:load']
    ]);
    expect(model.stages).toEqual([
      { name: 'load', valid: true, cellIds: ['a', 'c'] }
    ]);
  });

  it('tells of a notebook without stages, so that the hint changes', () => {
    model.notebook = new FakeNotebook([]);
    expect(changes).toBe(1);
    expect(model.hasNotebook).toBe(true);
  });

  it('follows a change of tags', () => {
    const notebook = new FakeNotebook([['stage:load']]);
    model.notebook = notebook;
    notebook.setTags(0, ['stage:prepare']);
    expect(model.stages.map(stage => stage.name)).toEqual(['prepare']);
    expect(changes).toBe(2);
  });

  it('is silent about changes that touch no stage', () => {
    const notebook = new FakeNotebook([['stage:load']]);
    model.notebook = notebook;
    notebook.setTags(0, ['stage:load', 'slow']);
    expect(changes).toBe(1);
  });

  it('lets go of the notebook it had before', () => {
    const before = new FakeNotebook([['stage:load']]);
    model.notebook = before;
    model.notebook = null;
    changes = 0;
    before.setTags(0, ['stage:prepare']);
    expect(changes).toBe(0);
    expect(model.stages).toEqual([]);
  });

  it('lets go of the notebook when it is disposed', () => {
    const notebook = new FakeNotebook([['stage:load']]);
    model.notebook = notebook;
    model.dispose();
    notebook.setTags(0, ['stage:prepare']);
    expect(model.stages).toEqual([]);
  });
});
