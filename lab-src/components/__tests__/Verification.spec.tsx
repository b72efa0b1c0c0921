import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';

import type { Run } from '../../api/messages';
import {
  difference,
  run,
  stageVerdict,
  verification
} from '../../runs/__tests__/runs';
import type { IPanelActions } from '../actions';
import { RunList } from '../RunList';

const HTML = '<img src=x onerror=alert(1)>';

describe('the details of a verify', () => {
  const actions = { reveal: jest.fn(), open: jest.fn() };

  function show(part: Partial<Run>): HTMLElement {
    const selected = run({ kind: 'verify', ...part });
    return render(
      <RunList
        runs={[selected]}
        selected={selected}
        heardAt={() => 0}
        logText=""
        trans={nullTranslator.load('jupyter_mlcode')}
        actions={actions as unknown as IPanelActions}
        onSelect={() => undefined}
      />
    ).container;
  }

  function found(
    list: 'differences' | 'close' | 'unstable',
    ...first: ReturnType<typeof difference>[]
  ): Partial<Run> {
    const count = first.length;
    const equal = list !== 'differences';
    return { verify: verification({ equal, [list]: { count, first } }) };
  }

  beforeEach(() => jest.clearAllMocks());

  it('leads from a difference to its cell', () => {
    show(found('differences', difference({})));
    const list = screen.getByRole('list', { name: 'Different 1' });
    const row = within(list).getByRole('button');
    expect(row.textContent).toMatch(/variable df.*cell 3.*Tag them/);
    fireEvent.click(row);
    expect(actions.reveal.mock.calls).toEqual([['c3', null, 3]]);
  });

  it('is no button where there is no cell', () => {
    show(found('differences', difference({ cell: null, cell_id: '' })));
    const list = screen.getByRole('list', { name: 'Different 1' });
    expect(within(list).queryByRole('button')).toBeNull();
    expect(list.textContent).toMatch(/variable df/);
  });

  it('says of what varies by itself that it is not the fault of the pipeline', () => {
    const container = show(found('unstable', difference({})));
    expect(screen.getByRole('list', { name: 'Not judged 1' })).toBeTruthy();
    expect(container.textContent).toMatch(/not the fault of the pipeline/);
    expect(container.textContent).not.toMatch(/Tag them/);
    expect(screen.getByRole('button', { name: /verify: equal/ })).toBeTruthy();
  });

  it('does not call close what is equal', () => {
    const close = { count: 1, first: [difference({})] };
    const tolerance = 1e-9;
    show({ verify: verification({ close, tolerance }), tolerance });
    expect(
      screen.getByRole('button', { name: /verify: close.*within 1e-9/ })
    ).toBeTruthy();
    expect(screen.getByText(/differ by no more than 1e-9/)).toBeTruthy();
    expect(screen.queryByRole('list', { name: /^Different/ })).toBeNull();
  });

  it('tells how many more there are', () => {
    const first = Array.from({ length: 30 }, () => difference({}));
    const differences = { count: 900, first };
    show({ verify: verification({ equal: false, differences }) });
    expect(screen.getByText(/^… and 870 more/)).toBeTruthy();
  });

  it('tells of each stage what was compared', () => {
    const stage = {
      name: 'fit',
      state: 'completed',
      done: 2,
      cells: 2,
      seconds: 1,
      at: '',
      notebook: ''
    } as const;
    const compared = [
      stageVerdict('fit', {
        equal: 2,
        different: 1,
        unstable: 1,
        variables: [
          { name: 'df', verdict: 'different' },
          { name: 'model', verdict: 'equal' }
        ],
        more: 5
      }),
      stageVerdict('', { equal: 1 })
    ];
    show({
      stages: [stage],
      verify: verification({ equal: false, compared })
    });
    const list = screen.getByRole('list', { name: 'Stages of the run' });
    expect(list.textContent).toMatch(
      /fit✗ different1.0 s3 things compared, 2 equal, 1 different, 1 not judged/
    );
    expect(list.textContent).toMatch(/of no stage✓ equal1 things? compared/);
    const variables = screen.getByRole('list', { name: 'Variables of fit' });
    expect(variables.textContent).toMatch(
      /✗df different✓model equal… and 5 more/
    );
  });

  it('shows texts as texts', () => {
    const container = show({
      verify: verification({
        equal: false,
        reference_failure: HTML,
        notes: [HTML],
        compared: [
          stageVerdict(HTML, {
            variables: [{ name: HTML, verdict: 'equal' }]
          })
        ],
        differences: {
          count: 1,
          first: [difference({ name: HTML, text: HTML, hint: HTML })]
        }
      })
    });
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getAllByText(HTML, { exact: false }).length).toBeGreaterThan(
      3
    );
  });

  it('shows the failure of a verify that found nothing out', () => {
    show({
      state: 'failed',
      failure: {
        stage: '',
        text: 'refused',
        cell_id: '',
        cell: null,
        line: null
      }
    });
    expect(screen.getByText('refused')).toBeTruthy();
  });
});
