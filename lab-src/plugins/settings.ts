import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { PipelineSettings } from '../model/pipelineSettings';
import { IPipelineSettings } from '../tokens';

const ID = 'jupyter-mlcode:plugin';

/** Reads the user's settings; what can be set is in schema/plugin.json. */
export const settingsPlugin: JupyterFrontEndPlugin<IPipelineSettings> = {
  id: ID,
  description: 'Reads the settings of the pipeline extension.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: IPipelineSettings,
  activate: (_app: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    const settings = new PipelineSettings();
    // The defaults do until the settings are there, and when they cannot be read.
    registry?.load(ID).then(
      loaded => settings.follow(loaded),
      () => undefined
    );
    return settings;
  }
};
