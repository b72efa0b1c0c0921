import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';

import type { Parameter } from '../../api/messages';
import type { IPanelActions } from '../actions';
import { RunForm } from '../RunForm';

const THRESHOLD: Parameter = {
  name: 'threshold',
  type: 'float',
  default: 0.5,
  help: '',
  cell_id: 'c1',
  line: 1
};

describe('RunForm', () => {
  const start = jest.fn();
  const onTolerance = jest.fn();

  function show(tolerance: string, threshold = '0.3'): void {
    render(
      <RunForm
        parameters={[THRESHOLD]}
        rows={[]}
        entries={{ threshold }}
        choice={{ stage: 'fit', fromStage: null, anew: true }}
        tolerance={tolerance}
        busy={false}
        trans={nullTranslator.load('jupyter_mlcode')}
        actions={{ start } as unknown as IPanelActions}
        onEntries={() => undefined}
        onChoice={() => undefined}
        onTolerance={onTolerance}
      />
    );
  }

  function press(name: string): void {
    fireEvent.click(screen.getByRole('button', { name }));
  }

  beforeEach(() => jest.clearAllMocks());

  it('verifies to the last bit unless something else is asked for', () => {
    show('');
    press('Verify');
    expect(start.mock.calls[0][0].tolerance).toBeNull();
  });

  it('verifies the whole notebook, with its own values', () => {
    show('1e-9');
    press('Verify');
    expect(start.mock.calls).toEqual([
      [
        {
          kind: 'verify',
          parameters: {},
          stage: null,
          from_stage: null,
          tolerance: 1e-9,
          anew: false
        }
      ]
    ]);
  });

  it('does not verify by a tolerance that is none, but runs', () => {
    show('2');
    expect(screen.getByRole('alert').textContent).toMatch(/up to 0.1/);
    press('Verify');
    expect(start).not.toHaveBeenCalled();
    press('▶ Run');
    expect(start.mock.calls[0][0]).toMatchObject({
      parameters: { threshold: 0.3 },
      stage: 'fit',
      tolerance: null,
      anew: true
    });
  });

  it('verifies although a parameter for a run is wrong', () => {
    show('', 'many');
    press('▶ Run');
    expect(start).not.toHaveBeenCalled();
    press('Verify');
    expect(start).toHaveBeenCalledTimes(1);
  });

  it('forgets the tolerance with the other entries', () => {
    show('1e-9');
    press('Defaults');
    expect(onTolerance.mock.calls).toEqual([['']]);
  });
});
