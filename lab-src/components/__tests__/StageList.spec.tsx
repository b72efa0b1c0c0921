import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';

import { StageList } from '../StageList';

const STAGES = [
  { name: 'load', valid: true, cellIds: ['a'] },
  { name: 'Train!', valid: false, cellIds: ['b', 'd'] }
];

describe('StageList', () => {
  const onReveal = jest.fn();

  beforeEach(() => {
    onReveal.mockClear();
    render(
      <StageList
        stages={STAGES}
        trans={nullTranslator.load('jupyter_mlcode')}
        onReveal={onReveal}
      />
    );
  });

  it('has one row for each stage, with its number of cells', () => {
    expect(screen.getAllByRole('button').map(row => row.textContent)).toEqual([
      'load1 cell',
      'Train!2 cells'
    ]);
  });

  it('asks for the first cell of the stage that is clicked', () => {
    fireEvent.click(screen.getByRole('button', { name: /Train!/ }));
    expect(onReveal.mock.calls).toEqual([['b']]);
  });

  it('says what is wrong with a name', () => {
    const row = screen.getByRole('button', { name: /Train!/ });
    expect(row.title).toMatch(/^Train! cannot name a stage/);
    expect(row.dataset.valid).toBe('false');
  });
});
