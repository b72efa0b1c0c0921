import { readFileSync } from 'fs';
import { join } from 'path';

import { PALETTE_SIZE } from '../stageColors';

type Rgb = [number, number, number];

// Where marks stand in JupyterLab's own themes: notebook, panel, editor, hovered row.
const THEMES = {
  light: ['#ffffff', '#f5f5f5', '#eeeeee'],
  dark: ['#111111', '#212121', '#424242'],
  'dark high contrast': ['#000000', '#111111', '#424242']
};

const CSS = readFileSync(join(__dirname, '../../style/palette.css'), 'utf8');
const [LIGHT, DARK] = CSS.split("body[data-jp-theme-light='false']").map(read);

function read(css: string): Map<string, string> {
  return new Map(
    Array.from(css.matchAll(/--jp-mlcode-([a-z0-9-]+):\s*(#[0-9a-f]+)/g)).map(
      ([, name, color]) => [name, color]
    )
  );
}

function rgb(color: string): Rgb {
  const digits =
    color.length === 4
      ? Array.from(color.slice(1), digit => digit + digit)
      : (color.slice(1).match(/../g) ?? []);
  return digits.map(pair => parseInt(pair, 16)) as Rgb;
}

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(color: string): number {
  const [red, green, blue] = rgb(color).map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [dark, light] = [luminance(left), luminance(right)].sort(
    (one, other) => one - other
  );
  return (light + 0.05) / (dark + 0.05);
}

describe('the palette', () => {
  it('knows contrast', () => {
    expect(contrast('#000', '#fff')).toBeCloseTo(21);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it.each([
    ['light', LIGHT],
    ['dark', DARK]
  ])('has at least ten different colors (%s)', (_, colors) => {
    const values = Array.from({ length: PALETTE_SIZE }, (_, index) =>
      colors.get(`palette-${index}`)
    );
    expect(values).not.toContain(undefined);
    expect(new Set(values).size).toBe(PALETTE_SIZE);
    expect(PALETTE_SIZE).toBeGreaterThanOrEqual(10);
    expect(colors.size).toBe(PALETTE_SIZE + 1);
  });

  describe.each(Object.entries(THEMES))('%s', (theme, backgrounds) => {
    const colors = theme === 'light' ? LIGHT : DARK;
    const places = Array.from({ length: PALETTE_SIZE }, (_, index) => index);

    it.each(places)('color %i stands out from what it stands on', index => {
      const color = colors.get(`palette-${index}`) ?? '';
      for (const background of backgrounds) {
        expect(contrast(color, background)).toBeGreaterThanOrEqual(4.5);
      }
    });

    it.each(places)('text on color %i can be read', index => {
      const color = colors.get(`palette-${index}`) ?? '';
      const text = colors.get('on-color') ?? '';
      expect(contrast(color, text)).toBeGreaterThanOrEqual(4.5);
    });
  });
});
