import type { TranslationBundle } from '@jupyterlab/translation';

import type { Carried, Edge, Spot } from '../api/messages';

/** A piece of a sentence; one with a place leads there. */
export interface IPiece {
  readonly text: string;
  readonly spot: Spot | null;
  /** Whether the text is code. */
  readonly code: boolean;
}

type Trans = Pick<TranslationBundle, '__'>;

/** Why something crosses an edge: where it is made, changed and read. */
export function whyPieces(item: Carried, trans: Trans): IPiece[] {
  const pieces: IPiece[] = [
    code(item.name),
    words(trans.__(', made in ')),
    place(item.made, trans)
  ];
  for (const change of item.changed) {
    pieces.push(words(trans.__(', changed by ')), code(change.text));
    pieces.push(words(trans.__(' in ')), place(change, trans));
  }
  pieces.push(words(trans.__(', read in ')), place(item.read, trans));
  return pieces;
}

/** The same as one line of text, for a tooltip. */
export function whySentence(item: Carried, trans: Trans): string {
  return whyPieces(item, trans)
    .map(piece => (piece.code ? `\`${piece.text}\`` : piece.text))
    .join('');
}

const MOST = 6;

/** Why an edge is there, a line for each thing that crosses it. */
export function whyEdge(edge: Edge, trans: Trans): string {
  const lines = edge.carries
    .slice(0, MOST)
    .map(item => whySentence(item, trans));
  const more = edge.carries.length - lines.length;
  return more > 0
    ? [...lines, trans.__('and %1 more', more)].join('\n')
    : lines.join('\n');
}

/** The edges that lead to each stage. */
export function edgesByTarget(
  edges: ReadonlyArray<Edge>
): ReadonlyMap<string, ReadonlyArray<Edge>> {
  const byTarget = new Map<string, Edge[]>();
  for (const edge of edges) {
    const known = byTarget.get(edge.target);
    if (known === undefined) {
      byTarget.set(edge.target, [edge]);
    } else {
      known.push(edge);
    }
  }
  return byTarget;
}

/** Why a stage stands where it does, by the edges that lead to it: what it needs, and of whom. */
export function whyStage(edges: ReadonlyArray<Edge>, trans: Trans): string {
  return edges
    .map(
      edge => trans.__('From %1:', edge.source) + '\n' + whyEdge(edge, trans)
    )
    .join('\n');
}

/** What a place in the notebook is called. */
export function placeText(
  cell: number,
  line: number | null,
  trans: Trans
): string {
  return line === null
    ? trans.__('cell %1', cell)
    : trans.__('cell %1 line %2', cell, line);
}

function place(spot: Spot, trans: Trans): IPiece {
  const text = placeText(spot.cell, spot.line, trans);
  return { text, spot, code: false };
}

function words(text: string): IPiece {
  return { text, spot: null, code: false };
}

function code(text: string): IPiece {
  return { text, spot: null, code: true };
}
