import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICellMark } from '../stages/cellMarks';
import { cssString } from '../stages/cssString';

const QUIET = new Set(['counts_as_setup', 'left_out', 'needed']);

/** The word or two on the chip. */
export function chipText(mark: ICellMark, trans: TranslationBundle): string {
  if (mark.ghost) {
    return trans.__('%1 ?', nameOf(mark, trans));
  }
  return mark.valid
    ? nameOf(mark, trans)
    : trans.__('⚠ %1', nameOf(mark, trans));
}

/** What the mark means, in a sentence. */
export function describeMark(
  mark: ICellMark,
  trans: TranslationBundle
): string {
  const sentence = mark.ghost
    ? trans.__('Suggested: %1.', meaning(mark, trans))
    : meaning(mark, trans);
  return [sentence, mark.reason].filter(Boolean).join(' – ');
}

/** Draw the mark on the cell's node; null takes it away. What is drawn is in style/marks.css. */
export function drawMark(
  node: HTMLElement,
  mark: ICellMark | null,
  trans: TranslationBundle
): void {
  write(node, 'data-mlcode-kind', mark?.kind ?? null);
  write(node, 'data-mlcode-quiet', mark && QUIET.has(mark.kind) ? '' : null);
  write(node, 'data-mlcode-ghost', mark?.ghost ? '' : null);
  write(node, 'data-mlcode-invalid', mark && !mark.valid ? '' : null);
  write(node, 'aria-description', mark && describeMark(mark, trans));
  const style = node.style;
  if (mark === null) {
    style.removeProperty('--jp-mlcode-chip');
  } else {
    style.setProperty('--jp-mlcode-chip', cssString(chipText(mark, trans)));
  }
  if (mark === null || mark.color === null) {
    style.removeProperty('--jp-mlcode-color');
  } else {
    style.setProperty(
      '--jp-mlcode-color',
      `var(--jp-mlcode-palette-${mark.color})`
    );
  }
}

function nameOf(mark: ICellMark, trans: TranslationBundle): string {
  switch (mark.kind) {
    case 'stage':
      return mark.stage;
    case 'counts_as_setup':
      return trans.__('counts as setup');
    case 'left_out':
      return trans.__('left out');
    case 'needed':
      return trans.__('⚠ needed, but in no stage');
    default:
      // The tags themselves, as they stand in the file.
      return mark.kind;
  }
}

function meaning(mark: ICellMark, trans: TranslationBundle): string {
  switch (mark.kind) {
    case 'stage':
      return mark.valid
        ? trans.__('Stage %1', mark.stage)
        : trans.__('%1 cannot name a stage', mark.stage);
    case 'setup':
      return trans.__('Setup: replayed in every stage that needs it');
    case 'parameters':
      return trans.__('Parameters of the pipeline');
    case 'skip':
      return trans.__('Skipped: not part of the pipeline');
    case 'counts_as_setup':
      return trans.__('In no stage: counts as setup');
    case 'left_out':
      return trans.__('In no stage: left out');
    case 'needed':
      return trans.__('In no stage, but needed by one');
  }
}

function write(node: HTMLElement, name: string, value: string | null): void {
  if (value === null) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}
