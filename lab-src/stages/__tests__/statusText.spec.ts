import { nullTranslator } from '@jupyterlab/translation';

import { statusText } from '../statusText';

const trans = nullTranslator.load('jupyter_mlcode');

describe('statusText', () => {
  it.each([
    [0, [], 'no stages'],
    [1, ['note'], '1 stage'],
    [4, ['error', 'warning', 'note'], '4 stages, 2 problems']
  ])('%i stages with %j', (stages, severities, text) => {
    const problems = severities.map(severity => ({ severity }));
    expect(statusText(stages, problems, trans)).toBe(text);
  });
});
