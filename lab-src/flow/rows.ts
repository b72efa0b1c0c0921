import type { Analysis, Edge, Problem, Stage } from '../api/messages';
import type { IStage } from '../stages/stageList';

/** How a stage stands to the one that is selected. */
export type Relation = 'selected' | 'needed' | 'needs' | 'none';

/** One stage as the list shows it. */
export interface IStageRow {
  readonly name: string;
  /** What its heading calls it; the name where there is no heading. */
  readonly title: string;
  /** Counted from 1 in notebook order. */
  readonly number: number;
  readonly valid: boolean;
  readonly cellIds: ReadonlyArray<string>;
  /** Cell numbers, empty before the first analysis. */
  readonly cells: ReadonlyArray<number>;
  readonly inputs: ReadonlyArray<string>;
  readonly outputs: ReadonlyArray<string>;
  readonly errors: number;
  readonly warnings: number;
  readonly relation: Relation;
  /** What passes between it and the selected stage. */
  readonly involved: ReadonlyArray<string>;
}

/** The stages by tags, with what the analysis knows of each. */
export function stageRows(
  stages: ReadonlyArray<IStage>,
  analysis: Analysis | null,
  selected: string | null
): IStageRow[] {
  const known = new Map(analysis?.stages.map(stage => [stage.name, stage]));
  const stageOf = stageByCell(stages);
  const counts = countProblems(analysis?.problems ?? [], stageOf);
  const near = (analysis?.edges ?? []).filter(
    edge => edge.source === selected || edge.target === selected
  );
  return stages.map((stage, index) => {
    const found = known.get(stage.name);
    const { relation, involved } = relate(stage.name, selected, near);
    return {
      name: stage.name,
      title: titleOf(found, stage.name),
      number: index + 1,
      valid: stage.valid,
      cellIds: stage.cellIds,
      cells: found?.cells ?? [],
      inputs: unique((found?.inputs ?? []).map(input => input.name)),
      outputs: found?.outputs ?? [],
      errors: counts.get(stage.name)?.errors ?? 0,
      warnings: counts.get(stage.name)?.warnings ?? 0,
      relation,
      involved
    };
  });
}

/** What to call a stage: its heading, or else its name. */
export function titleOf(stage: Stage | undefined, name: string): string {
  return stage?.title.trim() || name;
}

/** How the stage stands to the selected one, and the names that pass between them. */
export function relate(
  name: string,
  selected: string | null,
  edges: ReadonlyArray<Edge>
): { relation: Relation; involved: string[] } {
  if (selected === null || name === selected) {
    return { relation: selected === null ? 'none' : 'selected', involved: [] };
  }
  const before = edges.filter(e => e.source === name && e.target === selected);
  const after = edges.filter(e => e.source === selected && e.target === name);
  const relation = before.length > 0 ? 'needed' : 'needs';
  const names = (before.length > 0 ? before : after).flatMap(edge =>
    edge.carries.map(item => item.name)
  );
  return before.length + after.length === 0
    ? { relation: 'none', involved: [] }
    : { relation, involved: unique(names) };
}

/** Cell numbers as people write them: 2, 5-7. */
export function cellRanges(cells: ReadonlyArray<number>): string {
  const parts: string[] = [];
  for (let start = 0; start < cells.length;) {
    let end = start;
    while (cells[end + 1] === cells[end] + 1) {
      end += 1;
    }
    parts.push(
      start === end ? `${cells[start]}` : `${cells[start]}–${cells[end]}`
    );
    start = end + 1;
  }
  return parts.join(', ');
}

/** The first names and how many there are besides. */
export function shorten(
  names: ReadonlyArray<string>,
  most: number
): { shown: string[]; more: number } {
  const shown = names.length <= most ? names.length : Math.max(1, most);
  return { shown: names.slice(0, shown), more: names.length - shown };
}

function stageByCell(stages: ReadonlyArray<IStage>): Map<string, string> {
  const byCell = new Map<string, string>();
  for (const stage of stages) {
    stage.cellIds.forEach(id => byCell.set(id, stage.name));
  }
  return byCell;
}

function countProblems(
  problems: ReadonlyArray<Problem>,
  stageOf: ReadonlyMap<string, string>
): Map<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const problem of problems) {
    const stage =
      problem.cell_id === null ? undefined : stageOf.get(problem.cell_id);
    if (stage !== undefined && problem.severity !== 'note') {
      const count = counts.get(stage) ?? { errors: 0, warnings: 0 };
      count[problem.severity === 'error' ? 'errors' : 'warnings'] += 1;
      counts.set(stage, count);
    }
  }
  return counts;
}

function unique(names: ReadonlyArray<string>): string[] {
  return [...new Set(names)];
}
