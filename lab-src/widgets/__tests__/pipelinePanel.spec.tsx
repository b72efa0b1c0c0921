import { VDomModel } from '@jupyterlab/ui-components';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act, screen } from '@testing-library/react';

import { EventStream } from '../../api/events';
import type { Analysis, Unreadable } from '../../api/messages';
import type { IPanelActions } from '../../components/actions';
import { analysis, problem } from '../../flow/__tests__/fixtures';
import { PanelModel } from '../../model/panelModel';
import { RunsModel } from '../../runs/runsModel';
import type { IStage } from '../../stages/stageList';
import type { IPipelineClient, IPipelineModel } from '../../tokens';
import { PipelinePanel } from '../pipelinePanel';

class FakePipeline extends VDomModel implements IPipelineModel {
  notebook: object | null = null;
  stages: ReadonlyArray<IStage> = [];
  analysis: Analysis | null = null;
  unreadable: Unreadable | null = null;
  failure = null;
  stale = false;
  selectedStage: string | null = null;
  readonly lagged = new Signal<this, void>(this);

  get hasNotebook(): boolean {
    return this.notebook !== null;
  }

  analysisOf(): null {
    return null;
  }

  async refresh(): Promise<void> {
    return undefined;
  }

  wholeRequest(): null {
    return null;
  }

  show(...names: string[]): void {
    this.notebook ??= {};
    this.stages = names.map(name => ({ name, valid: true, cellIds: [name] }));
    this.stateChanged.emit();
  }
}

describe('PipelinePanel', () => {
  let pipeline: FakePipeline;
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
    pipeline = new FakePipeline();
    const runs = new RunsModel(
      {} as IPipelineClient,
      new EventStream(() => {
        throw new Error('nothing is asked here');
      })
    );
    panel = new PipelinePanel({
      model: new PanelModel(pipeline, runs),
      trans: nullTranslator.load('jupyter_mlcode'),
      actions: { isExporting: () => false } as IPanelActions,
      colors: () => new Map()
    });
    await drawn(() => Widget.attach(panel, document.body));
  });

  afterEach(async () => {
    await act(async () => panel.dispose());
  });

  it('asks for a notebook when there is none', () => {
    expect(screen.getByText(/^Open a notebook/)).toBeTruthy();
  });

  it('shows the first step in a notebook without stages', async () => {
    await drawn(() => pipeline.show());
    expect(screen.getByRole('button', { name: 'Suggest stages' })).toBeTruthy();
  });

  it('follows its model', async () => {
    await drawn(() => pipeline.show('load', 'train'));
    expect(panel.node.querySelectorAll('.jp-mlcode-StageRow')).toHaveLength(2);
    await drawn(() => pipeline.show('load'));
    expect(panel.node.querySelectorAll('.jp-mlcode-StageRow')).toHaveLength(1);
  });

  it('lists problems with word, code and place', async () => {
    pipeline.analysis = analysis({
      problems: [problem({ cell: 3, cell_id: 'c', line: 2 })]
    });
    await drawn(() => pipeline.show('load'));
    const list = screen.getByRole('list', { name: 'Problems' });
    expect(list.textContent).toMatch(/Error MLC010 cell 3 line 2/);
  });

  it('says why a notebook cannot be analysed', async () => {
    pipeline.unreadable = {
      revision: 1,
      code: 'MLC001',
      message: 'the kernel runs R',
      hint: ''
    };
    await drawn(() => pipeline.show());
    expect(screen.getByText('the kernel runs R')).toBeTruthy();
  });

  it('looks stale without being drawn', async () => {
    await drawn(() => pipeline.show('load'));
    const render = jest.spyOn(
      panel as unknown as { render: () => unknown },
      'render'
    );
    pipeline.stale = true;
    pipeline.lagged.emit();
    expect(panel.hasClass('jp-mod-stale')).toBe(true);
    expect(render).not.toHaveBeenCalled();
  });

  it('can be found by its name', () => {
    expect(screen.getByRole('region', { name: 'Pipeline' })).toBe(panel.node);
  });
});
