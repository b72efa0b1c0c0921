/** A place in a cell, as far as we look at it. */
interface IPlace {
  readonly cell_id: string;
}

/** An edge of the analysis, as far as we look at it: the schema's `Edge` is one. */
export interface IDataEdge {
  readonly source: string;
  readonly target: string;
  readonly carries: ReadonlyArray<{
    readonly name: string;
    readonly made: IPlace;
    readonly changed: ReadonlyArray<IPlace>;
  }>;
}

/** A stage that needs what other cells make. */
export interface IDependant {
  readonly stage: string;
  readonly names: ReadonlyArray<string>;
}

/**
 * The stages that need something made or changed in one of these cells, with what they need.
 *
 * A stage all of whose needs lie within the cells themselves is not among them.
 */
export function dependantsOf(
  edges: ReadonlyArray<IDataEdge>,
  cellIds: ReadonlySet<string>,
  leaving: ReadonlySet<string>
): IDependant[] {
  const needs = new Map<string, Set<string>>();
  for (const edge of edges) {
    if (leaving.has(edge.target)) {
      continue;
    }
    for (const item of edge.carries) {
      if ([item.made, ...item.changed].some(at => cellIds.has(at.cell_id))) {
        const names = needs.get(edge.target) ?? new Set();
        needs.set(edge.target, names.add(item.name));
      }
    }
  }
  return Array.from(needs, ([stage, names]) => ({
    stage,
    names: Array.from(names).sort()
  }));
}

/** The stages all of whose cells are among these. */
export function stagesWithin(
  stages: ReadonlyArray<{
    readonly name: string;
    readonly cellIds: ReadonlyArray<string>;
  }>,
  cellIds: ReadonlySet<string>
): Set<string> {
  return new Set(
    stages
      .filter(stage => stage.cellIds.every(id => cellIds.has(id)))
      .map(stage => stage.name)
  );
}
