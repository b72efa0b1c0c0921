import { clientPlugin } from './plugins/client';
import { exportPlugin } from './plugins/export';
import { marksPlugin } from './plugins/marks';
import { panelPlugin } from './plugins/panel';
import { pipelinePlugin } from './plugins/pipeline';
import { problemsPlugin } from './plugins/problems';
import { runsPlugin } from './plugins/runs';
import { settingsPlugin } from './plugins/settings';
import { statusPlugin } from './plugins/status';
import { suggestPlugin } from './plugins/suggest';
import { taggingPlugin } from './plugins/tagging';

export * from './commandIds';
export * from './commands';
export * from './tokens';

export default [
  settingsPlugin,
  clientPlugin,
  pipelinePlugin,
  runsPlugin,
  panelPlugin,
  taggingPlugin,
  marksPlugin,
  problemsPlugin,
  exportPlugin,
  suggestPlugin,
  statusPlugin
];
