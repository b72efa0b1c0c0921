import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import type { ICell } from './notebooks';

/** A notebook that relies on what a library keeps between two calls, and prints the clock. */
export const COUNTING: ReadonlyArray<ICell> = [
  { source: '# Count' },
  { source: 'import acme\nimport time', tags: ['setup'] },
  {
    source: 'orders = [1.0, 2.0, 3.0]\nbase = acme.score(orders)',
    tags: ['stage:load']
  },
  { source: 'print(time.time_ns())', tags: ['stage:load'] },
  {
    source: 'total = acme.score(orders)\ndouble = 2 * total',
    tags: ['stage:total']
  },
  {
    source: 'print(base, total, double)',
    tags: ['stage:report']
  }
];

/** Puts a library beside the notebooks that is taught wrongly: each call adds to what the next one gives. */
export async function teachWrongly(
  page: IJupyterLabPageFixture,
  base: string,
  step: number
): Promise<void> {
  const folder = base.replace(/[^/]*$/, '');
  const files = {
    'acme.py': `def score(rows, calls=[]):\n    calls.append(${step})\n    return sum(rows) + sum(calls)\n`,
    'acme.yml':
      'library: acme\nmodules: [acme]\nfunctions:\n  acme.score: {returns: scalar}\n',
    'pyproject.toml': '[tool.jupyter-mlcode]\nknowledge = ["acme.yml"]\n'
  };
  for (const [name, text] of Object.entries(files)) {
    await page.contents.uploadContent(text, 'text', `${folder}${name}`);
  }
}
