import type { IBox, ILine, IPoint } from './geometry';

/** How wide and high something is. */
export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** Where the picture stands in its frame, and how large. */
export interface IViewport extends IPoint {
  readonly scale: number;
}

/** A part of the picture. */
export interface IRegion {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const SMALLEST = 0.05;
const LARGEST = 3;
const READABLE = 0.6;
const LEGIBLE = 0.4;
const MANY = 200;
const EDGE = 12;

/** All of the picture, in the middle. */
export function fitted(picture: ISize, frame: ISize): IViewport {
  const scale = Math.min(
    1.2,
    frame.width / picture.width,
    frame.height / picture.height
  );
  return {
    scale,
    x: (frame.width - picture.width * scale) / 2,
    y: Math.max(0, (frame.height - picture.height * scale) / 2)
  };
}

/** All of the picture where it can be read, else what is around this box. */
export function readable(
  picture: ISize,
  frame: ISize,
  box: IBox | null
): IViewport {
  const all = fitted(picture, frame);
  if (all.scale >= READABLE) {
    return all;
  }
  const scale = READABLE;
  const along = (middle: number, size: number, room: number): number =>
    Math.min(0, Math.max(room - size * scale, room / 2 - middle * scale));
  return {
    scale,
    x: along(box?.x ?? 0, picture.width, frame.width),
    y: along(box?.y ?? 0, picture.height, frame.height)
  };
}

/** Larger or smaller, while the picture stays where the pointer is. */
export function zoomed(view: IViewport, factor: number, at: IPoint): IViewport {
  // All of a long pipeline may be smaller than anybody would zoom.
  const smallest = Math.min(SMALLEST, view.scale);
  const scale = Math.max(smallest, Math.min(LARGEST, view.scale * factor));
  const ratio = scale / view.scale;
  return {
    scale,
    x: at.x - (at.x - view.x) * ratio,
    y: at.y - (at.y - view.y) * ratio
  };
}

/** The view moved as little as it takes to have this box in the frame. */
export function revealing(view: IViewport, frame: ISize, box: IBox): IViewport {
  const shift = (middle: number, size: number, room: number): number => {
    const half = Math.min(room / 2, (size / 2) * view.scale + EDGE);
    return Math.max(half, Math.min(room - half, middle)) - middle;
  };
  return {
    scale: view.scale,
    x: view.x + shift(view.x + box.x * view.scale, box.width, frame.width),
    y: view.y + shift(view.y + box.y * view.scale, box.height, frame.height)
  };
}

/**
 * The part of the picture that has to be drawn.
 *
 * In steps of half a frame, so that it changes seldom while somebody pans.
 */
export function regionOf(
  view: IViewport,
  frame: ISize,
  picture: ISize
): IRegion {
  const span = (
    start: number,
    room: number,
    most: number
  ): [number, number] => {
    const seen = room / view.scale;
    const step = 2 ** Math.round(Math.log2(Math.max(1, seen / 2)));
    const from = -start / view.scale;
    return [
      Math.max(0, Math.floor(from / step) * step),
      Math.min(most, Math.ceil((from + seen) / step) * step)
    ];
  };
  const [left, right] = span(view.x, frame.width, picture.width);
  const [top, bottom] = span(view.y, frame.height, picture.height);
  return { left, top, right, bottom };
}

/** Whether so much is drawn so small that its texts would only cost time. */
export function isOverview(view: IViewport, drawn: number): boolean {
  return view.scale < LEGIBLE && drawn > MANY;
}

/** Whether something of the box is in the region. */
export function holdsBox(region: IRegion, box: IBox): boolean {
  return overlaps(
    region,
    box.x - box.width / 2,
    box.y - box.height / 2,
    box.x + box.width / 2,
    box.y + box.height / 2
  );
}

/** Whether something of the line or its label can be in the region. */
export function holdsLine(region: IRegion, line: ILine): boolean {
  return (
    holdsBox(region, line.label) ||
    line.points.slice(1).some((to, index) => {
      const from = line.points[index];
      return overlaps(
        region,
        Math.min(from.x, to.x),
        Math.min(from.y, to.y),
        Math.max(from.x, to.x),
        Math.max(from.y, to.y)
      );
    })
  );
}

function overlaps(
  region: IRegion,
  left: number,
  top: number,
  right: number,
  bottom: number
): boolean {
  return (
    left <= region.right &&
    right >= region.left &&
    top <= region.bottom &&
    bottom >= region.top
  );
}
