import { listStages } from '../../stages/stageList';
import { mergeStages, setTag } from '../../stages/tagEdits';
import { TagEditor } from '../tagEditor';
import type { IEditableNotebook } from '../tagEditor';

type Metadata = Record<string, unknown>;

function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** Metadata that remembers which writes a cell's own undo would see. */
class FakeOwner {
  constructor(readonly metadata: Metadata) {}

  readonly undoable: boolean[] = [];

  getMetadata(key: string): unknown {
    return copy(this.metadata[key]);
  }

  setMetadata(key: string, value: unknown): void {
    this.metadata[key] = value;
  }

  deleteMetadata(key: string): void {
    Reflect.deleteProperty(this.metadata, key);
  }

  transact(change: () => void, undoable = true): void {
    this.undoable.push(undoable);
    change();
  }
}

function notebookOf(
  cells: ReadonlyArray<Metadata>,
  metadata: Metadata = {}
): { notebook: IEditableNotebook; owners: FakeOwner[]; own: FakeOwner } {
  const owners = cells.map(cell => new FakeOwner(cell));
  const own = new FakeOwner(metadata);
  const notebook = {
    cells: owners.map((sharedModel, index) => ({
      id: `c${index}`,
      type: 'code',
      sharedModel,
      getMetadata: (key: string) => sharedModel.getMetadata(key)
    })),
    getMetadata: (key: string) => own.getMetadata(key),
    setMetadata: (key: string, value: unknown) => own.setMetadata(key, value),
    deleteMetadata: (key: string) => own.deleteMetadata(key)
  };
  return { notebook, owners, own };
}

const ALL = new Set(['c0', 'c1', 'c2']);

describe('TagEditor', () => {
  it('edits many cells in one step and takes them back to the byte', () => {
    const before = [
      { tags: ['x', 'stage:a', 'y'], other: 1 },
      { collapsed: true },
      { tags: [] }
    ];
    const { notebook, owners } = notebookOf(copy(before));
    const editor = new TagEditor(notebook);
    editor.apply('Skip', setTag(editor.cells, ALL, 'skip'));
    expect(owners.map(owner => owner.metadata.tags)).toEqual([
      ['x', 'y', 'skip'],
      ['skip'],
      ['skip']
    ]);
    expect(editor.undo()?.label).toBe('Skip');
    expect(JSON.stringify(owners.map(owner => owner.metadata))).toBe(
      JSON.stringify([before[0], before[1], { tags: [] }])
    );
    expect(editor.undo()).toBeNull();
    expect(editor.redo()?.label).toBe('Skip');
    expect(owners[1].metadata.tags).toEqual(['skip']);
  });

  it('lets the cell undo an edit, but not our undoing', () => {
    const { notebook, owners } = notebookOf([{}]);
    const editor = new TagEditor(notebook);
    editor.apply('Setup', setTag(editor.cells, ALL, 'setup'));
    editor.undo();
    expect(owners[0].undoable).toEqual([true, false]);
  });

  it('makes no step of nothing', () => {
    const { notebook } = notebookOf([{ tags: ['skip'] }]);
    const editor = new TagEditor(notebook);
    expect(editor.apply('Skip', setTag(editor.cells, ALL, 'skip'))).toBeNull();
    expect(editor.history.undoable).toBeNull();
  });

  it('passes over an edit that somebody else has overwritten', () => {
    const { notebook, owners } = notebookOf([{}, {}]);
    const editor = new TagEditor(notebook);
    editor.apply('First', setTag(editor.cells, new Set(['c0']), 'setup'));
    editor.apply('Second', setTag(editor.cells, new Set(['c1']), 'setup'));
    owners[1].metadata.tags = ['skip'];
    expect(editor.undo()?.label).toBe('First');
    expect(owners.map(owner => owner.metadata.tags)).toEqual([
      undefined,
      ['skip']
    ]);
  });

  it('keeps the color of a stage that is renamed, and undoes it', () => {
    const { notebook, own } = notebookOf(
      [{ tags: ['stage:a'] }, { tags: ['stage:b'] }],
      { mlcode: { engine: 'dvc', colors: { b: 7 } } }
    );
    const editor = new TagEditor(notebook);
    const changes = mergeStages(editor.cells, ['b'], 'z');
    editor.apply('Rename', changes, new Map([['z', 'b']]));
    expect(own.metadata.mlcode).toEqual({
      engine: 'dvc',
      colors: { a: 0, z: 7 }
    });
    editor.undo();
    expect(own.metadata.mlcode).toEqual({ engine: 'dvc', colors: { b: 7 } });
  });

  it('recolors one stage and leaves the others as they were', () => {
    const { notebook, own } = notebookOf([
      { tags: ['stage:a'] },
      { tags: ['stage:b'] }
    ]);
    const editor = new TagEditor(notebook);
    editor.recolor('Recolor', 'a', 5);
    expect(own.metadata.mlcode).toEqual({ colors: { a: 5, b: 1 } });
    editor.undo();
    expect(own.metadata).toEqual({});
  });

  it('knows whether the last thing that happened was an edit of tags', () => {
    const { notebook } = notebookOf([{}]);
    const editor = new TagEditor(notebook);
    expect(editor.latest).toBeNull();
    editor.apply('Setup', setTag(editor.cells, ALL, 'setup'));
    expect(editor.latest).toBe('edit');
    editor.otherEdit();
    expect(editor.latest).toBeNull();
    editor.undo();
    expect(editor.latest).toBe('undo');
  });

  it('takes back an edit that is not the last', () => {
    const { notebook } = notebookOf([{}, {}]);
    const editor = new TagEditor(notebook);
    const first = editor.apply(
      'First',
      setTag(editor.cells, new Set(['c0']), 'stage:a')
    );
    editor.apply('Second', setTag(editor.cells, new Set(['c1']), 'stage:b'));
    editor.undo(first ?? undefined);
    expect(listStages(editor.cells).map(stage => stage.name)).toEqual(['b']);
    expect(editor.history.undoable?.label).toBe('Second');
  });
});
