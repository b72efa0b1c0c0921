import { marksPlugin } from './plugins/marks';
import { panelPlugin } from './plugins/panel';
import { pipelinePlugin } from './plugins/pipeline';
import { settingsPlugin } from './plugins/settings';
import { statusPlugin } from './plugins/status';
import { suggestPlugin } from './plugins/suggest';
import { taggingPlugin } from './plugins/tagging';

export * from './commands';
export * from './tokens';

export default [
  settingsPlugin,
  pipelinePlugin,
  panelPlugin,
  taggingPlugin,
  marksPlugin,
  suggestPlugin,
  statusPlugin
];
