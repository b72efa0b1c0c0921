import { panelPlugin } from './plugins/panel';
import { pipelinePlugin } from './plugins/pipeline';

export * from './tokens';

export default [pipelinePlugin, panelPlugin];
