import { LabIcon } from '@jupyterlab/ui-components';

// Seen from lib/ as well as from lab-src/, the picture lies beside us.
import pipelineSvg from '../lab-src/style/icons/pipeline.svg';

/** Three stages, one feeding two: our mark in the side bar. */
export const pipelineIcon = new LabIcon({
  name: 'jupyter-mlcode:pipeline',
  svgstr: pipelineSvg
});
