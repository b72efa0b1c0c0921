import { LabIcon } from '@jupyterlab/ui-components';

// Seen from lib/ as well as from lab-src/, the pictures lie beside us.
import exportSvg from '../lab-src/style/icons/export.svg';
import pipelineSvg from '../lab-src/style/icons/pipeline.svg';
import suggestSvg from '../lab-src/style/icons/suggest.svg';
import tagCellSvg from '../lab-src/style/icons/tagCell.svg';

/** Three stages, one feeding two: our mark in the side bar. */
export const pipelineIcon = new LabIcon({
  name: 'jupyter-mlcode:pipeline',
  svgstr: pipelineSvg
});

/** A cell with a bar in its margin. */
export const tagCellIcon = new LabIcon({
  name: 'jupyter-mlcode:tag-cell',
  svgstr: tagCellSvg
});

/** A stage that is not there yet, and a spark. */
export const suggestIcon = new LabIcon({
  name: 'jupyter-mlcode:suggest',
  svgstr: suggestSvg
});

/** A stage that goes out. */
export const exportIcon = new LabIcon({
  name: 'jupyter-mlcode:export',
  svgstr: exportSvg
});
