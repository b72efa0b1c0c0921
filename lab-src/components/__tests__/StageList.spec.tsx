import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';

import { analysis, edge, stage } from '../../flow/__tests__/fixtures';
import { stageRows } from '../../flow/rows';
import type { IPanelActions } from '../actions';
import { StageList } from '../StageList';

const STAGES = [
  { name: 'load', valid: true, cellIds: ['c1'] },
  { name: 'train', valid: true, cellIds: ['c2', 'c4'] },
  { name: 'Odd!', valid: false, cellIds: ['c3'] }
];
const ANALYSIS = analysis({
  stages: [
    { ...stage('load', [1], 'Load <b>it</b>'), outputs: ['df', 'rest'] },
    stage('train', [2, 4])
  ],
  edges: [edge('load', 'train', 'df')]
});

describe('StageList', () => {
  const onSelect = jest.fn();
  const actions = { reveal: jest.fn(), rename: jest.fn(), clear: jest.fn() };

  function show(selected: string | null): void {
    render(
      <StageList
        rows={stageRows(STAGES, ANALYSIS, selected)}
        colorOf={() => 'var(--x)'}
        whyOf={() => ''}
        states={new Map()}
        trans={nullTranslator.load('jupyter_mlcode')}
        actions={actions as unknown as IPanelActions}
        onSelect={onSelect}
      />
    );
  }

  beforeEach(() => jest.clearAllMocks());

  it('calls a stage by its heading, as text, with its name beside it', () => {
    show(null);
    const row = screen.getByRole('button', { name: /Load <b>it<\/b> load/ });
    expect(row.textContent).toMatch(/cell 1.*→ df, rest/);
  });

  it('goes to the first cell of the stage that is clicked', () => {
    show(null);
    fireEvent.click(screen.getByRole('button', { name: /train/ }));
    expect(onSelect.mock.calls).toEqual([['train']]);
    expect(actions.reveal.mock.calls).toEqual([['c2']]);
  });

  it('shows only what passes to the selected stage', () => {
    show('train');
    const row = screen.getByRole('button', { name: /Load/ });
    expect(row.textContent).toMatch(/gives df$/);
  });

  it('says what is wrong with a name', () => {
    show(null);
    const row = screen.getByRole('button', { name: /Odd!/ });
    expect(row.title).toMatch(/^Odd! cannot name a stage/);
  });

  it('renames in place, to a valid name only', () => {
    show('load');
    fireEvent.click(screen.getByRole('button', { name: 'Rename' }));
    const input = screen.getByRole('textbox', { name: 'New name of load' });
    fireEvent.change(input, { target: { value: 'No Way' } });
    fireEvent.submit(input);
    expect(actions.rename).not.toHaveBeenCalled();
    fireEvent.change(input, { target: { value: 'fetch' } });
    fireEvent.submit(input);
    expect(actions.rename.mock.calls).toEqual([['load', 'fetch']]);
  });
});
