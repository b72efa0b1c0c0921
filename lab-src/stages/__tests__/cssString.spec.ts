import { cssString } from '../cssString';

describe('cssString', () => {
  it('writes plain text as it is', () => {
    expect(cssString('load_data é 数')).toBe('"load_data é 数"');
  });

  it.each([
    '"; background: url(//x)',
    'a\\',
    'a\nb',
    '</style><script>',
    '\u202e\u0000\u2028'
  ])('cannot be left by %j', text => {
    const inner = cssString(text).slice(1, -1);
    expect(inner).not.toMatch(/["\n<>\p{C}]/u);
    expect(inner.replace(/\\[0-9a-f]+ /g, '')).not.toContain('\\');
  });
});
