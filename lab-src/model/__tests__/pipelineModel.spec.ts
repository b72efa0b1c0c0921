import { NotebookSession } from '../notebookSession';
import { PipelineModel } from '../pipelineModel';
import { FakeNotebook } from './fakeNotebook';

describe('PipelineModel', () => {
  let model: PipelineModel;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    model = new PipelineModel(
      notebook =>
        new NotebookSession(notebook, {
          client: {
            analyse: async ({ revision }) => ({
              revision,
              name: 'n',
              stages: [],
              edges: [],
              parameters: [],
              problems: [],
              cells: {}
            })
          },
          session: 's',
          path: () => 'n.ipynb',
          delay: () => 0
        })
    );
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

  it('reads the stages of a notebook at once', () => {
    model.notebook = new FakeNotebook(['stage:load'], [], ['stage:load']);
    expect(changes).toBe(1);
    expect(model.stages).toEqual([
      { name: 'load', valid: true, cellIds: ['a', 'c'] }
    ]);
  });

  it('analyses the notebook in front', async () => {
    model.notebook = new FakeNotebook(['stage:load']);
    await model.refresh();
    expect(model.analysis?.name).toBe('n');
    expect(model.stale).toBe(false);
  });

  it('follows a change of tags', async () => {
    const notebook = new FakeNotebook(['stage:load']);
    model.notebook = notebook;
    notebook.list[0].tag('stage:prepare');
    await Promise.resolve();
    expect(model.stages.map(stage => stage.name)).toEqual(['prepare']);
  });

  it('keeps what it knows of a notebook that comes back', async () => {
    const notebook = new FakeNotebook(['stage:load']);
    model.notebook = notebook;
    await model.refresh();
    model.selectedStage = 'load';
    const { analysis } = model;
    model.notebook = new FakeNotebook([]);
    expect(model.analysis).toBeNull();
    expect(model.selectedStage).toBeNull();
    expect(model.analysisOf(notebook)).toBe(analysis);
    model.notebook = notebook;
    expect(model.analysis).toBe(analysis);
    expect(model.selectedStage).toBe('load');
  });

  it('lets go of the notebook it had before', async () => {
    const before = new FakeNotebook(['stage:load']);
    model.notebook = before;
    model.notebook = null;
    changes = 0;
    before.list[0].tag('stage:prepare');
    await Promise.resolve();
    expect(changes).toBe(0);
    expect(model.stages).toEqual([]);
  });

  it('forgets a notebook that is closed', async () => {
    const notebook = new FakeNotebook(['stage:load']);
    model.notebook = notebook;
    await model.refresh();
    model.forget(notebook);
    expect(model.hasNotebook).toBe(false);
    expect(model.analysisOf(notebook)).toBeNull();
  });
});
