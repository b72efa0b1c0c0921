import type { ILine } from '../geometry';
import {
  fitted,
  holdsBox,
  holdsLine,
  isOverview,
  readable,
  regionOf,
  revealing,
  zoomed
} from '../viewport';

const FRAME = { width: 300, height: 400 };
const LONG = { width: 600, height: 40000 };
const BOX = { x: 300, y: 20000, width: 100, height: 40 };

describe('fitted', () => {
  it.each([LONG, { width: 90000, height: 40 }, { width: 100, height: 100 }])(
    'has all of the picture in the frame: %p',
    picture => {
      const { x, y, scale } = fitted(picture, FRAME);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + picture.width * scale).toBeLessThanOrEqual(300.001);
      expect(y + picture.height * scale).toBeLessThanOrEqual(400.001);
    }
  );
});

describe('readable', () => {
  it('shows a large picture from its beginning', () => {
    expect(readable(LONG, FRAME, null)).toEqual({ x: 0, y: 0, scale: 0.6 });
  });

  it('shows a large picture around the box that is selected', () => {
    const view = readable(LONG, FRAME, BOX);
    expect(view.y + BOX.y * view.scale).toBe(FRAME.height / 2);
  });
});

describe('zoomed', () => {
  it('keeps what is under the pointer where it is', () => {
    const view = zoomed({ x: 10, y: 20, scale: 1 }, 2, { x: 110, y: 120 });
    expect(view).toEqual({ x: -90, y: -80, scale: 2 });
  });

  it('grows from a size below the smallest without a jump', () => {
    const view = { x: 0, y: 0, scale: 0.01 };
    expect(zoomed(view, 1.25, { x: 0, y: 0 }).scale).toBeCloseTo(0.0125);
    expect(zoomed(view, 0.8, { x: 0, y: 0 }).scale).toBe(0.01);
  });
});

describe('revealing', () => {
  it('leaves a view that has the box', () => {
    const view = { x: 0, y: -19800, scale: 1 };
    const wide = { width: 900, height: 400 };
    expect(revealing(view, wide, BOX)).toEqual(view);
  });

  it('brings a box that is below into the frame', () => {
    const view = revealing({ x: 0, y: 0, scale: 0.5 }, FRAME, BOX);
    expect(view.y + (BOX.y + 20) * 0.5).toBeLessThan(FRAME.height);
    expect(view.y + (BOX.y - 20) * 0.5).toBeGreaterThan(0);
  });
});

describe('regionOf', () => {
  it.each([0.6, 1, 2.7])('holds what is in the frame at scale %p', scale => {
    const view = { x: -20, y: -1234, scale };
    const region = regionOf(view, FRAME, LONG);
    expect(region.top).toBeLessThanOrEqual(1234 / scale);
    expect(region.bottom).toBeGreaterThanOrEqual((1234 + 400) / scale);
    expect(region.bottom - region.top).toBeLessThan((3 * 400) / scale);
  });

  it('stays the same while the picture is panned a little', () => {
    const at = (y: number): unknown =>
      regionOf({ x: 0, y, scale: 1 }, FRAME, LONG);
    expect(at(-1100)).toEqual(at(-1060));
  });
});

describe('what is in a region', () => {
  const region = { left: 0, top: 100, right: 100, bottom: 200 };

  it('is a box that reaches into it', () => {
    const box = { x: 50, y: 90, width: 20, height: 40 };
    expect(holdsBox(region, box)).toBe(true);
    expect(holdsBox(region, { ...box, y: 70 })).toBe(false);
  });

  it('is a line that passes it, though it begins and ends elsewhere', () => {
    const line = (x: number): ILine => ({
      source: 'a',
      target: 'b',
      points: [
        { x, y: 0 },
        { x, y: 900 }
      ],
      label: { x, y: 890, width: 10, height: 10 }
    });
    expect(holdsLine(region, line(50))).toBe(true);
    expect(holdsLine(region, line(150))).toBe(false);
  });
});

describe('isOverview', () => {
  it('never takes the texts from a small graph', () => {
    expect(isOverview({ x: 0, y: 0, scale: 0.1 }, 20)).toBe(false);
    expect(isOverview({ x: 0, y: 0, scale: 0.1 }, 1500)).toBe(true);
    expect(isOverview({ x: 0, y: 0, scale: 0.6 }, 1500)).toBe(false);
  });
});
