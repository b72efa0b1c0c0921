import { VDomModel } from '@jupyterlab/ui-components';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act, screen } from '@testing-library/react';

import type { IStage } from '../../stages/stageList';
import type { IPipelineModel } from '../../tokens';
import { PipelinePanel } from '../pipelinePanel';

class FakePipeline extends VDomModel implements IPipelineModel {
  hasNotebook = false;
  stages: ReadonlyArray<IStage> = [];
  analysis = null;
  unreadable = null;
  stale = false;
  selectedStage: string | null = null;

  analysisOf(): null {
    return null;
  }

  show(...names: string[]): void {
    this.hasNotebook = true;
    this.stages = names.map(name => ({ name, valid: true, cellIds: [name] }));
    this.stateChanged.emit();
  }
}

describe('PipelinePanel', () => {
  let model: FakePipeline;
  let panel: PipelinePanel;

  /** Does something and waits until the panel has drawn it. */
  async function drawn(change: () => void): Promise<void> {
    await act(async () => {
      change();
      // Lumino sends its update requests with the next animation frame.
      await new Promise(resolve => requestAnimationFrame(resolve));
      await panel.renderPromise;
    });
  }

  beforeEach(async () => {
    model = new FakePipeline();
    panel = new PipelinePanel({
      model,
      trans: nullTranslator.load('jupyter_mlcode'),
      onReveal: () => undefined
    });
    await drawn(() => Widget.attach(panel, document.body));
  });

  afterEach(async () => {
    await act(async () => panel.dispose());
  });

  it('asks for a notebook when there is none', () => {
    expect(screen.getByText(/^Open a notebook/)).toBeTruthy();
  });

  it('explains tags in a notebook without stages', async () => {
    await drawn(() => model.show());
    expect(screen.getByText(/^No stage yet/)).toBeTruthy();
  });

  it('follows its model', async () => {
    await drawn(() => model.show('load', 'train'));
    expect(screen.getAllByRole('button')).toHaveLength(2);
    await drawn(() => model.show('load'));
    expect(screen.getAllByRole('button')).toHaveLength(1);
  });

  it('can be found by its name', () => {
    expect(screen.getByRole('region', { name: 'Pipeline' })).toBe(panel.node);
  });

  it('leaves the model alive when it is closed', async () => {
    await act(async () => panel.dispose());
    expect(model.isDisposed).toBe(false);
  });
});
