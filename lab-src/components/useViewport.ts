import * as React from 'react';

interface ISize {
  readonly width: number;
  readonly height: number;
}

interface IViewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const SMALLEST = 0.05;
const LARGEST = 3;
const READABLE = 0.6;

/** Pan and zoom of a picture in its frame: by pointer, wheel and buttons. */
export function useViewport(picture: ISize): {
  frame: React.RefObject<HTMLDivElement>;
  transform: string;
  zoom: (factor: number) => void;
  fit: () => void;
} {
  const frame = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState<IViewport>({ x: 0, y: 0, scale: 1 });
  const { width, height } = picture;

  const fit = React.useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box && box.width > 0 && width > 0) {
      setView(fitted({ width, height }, box));
    }
  }, [width, height]);
  React.useEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box && box.width > 0 && width > 0) {
      setView(readable({ width, height }, box));
    }
  }, [width, height]);

  const zoom = React.useCallback((factor: number) => {
    const box = frame.current?.getBoundingClientRect();
    const middle = box
      ? { x: box.width / 2, y: box.height / 2 }
      : { x: 0, y: 0 };
    setView(now => zoomed(now, factor, middle));
  }, []);

  React.useEffect(() => {
    const node = frame.current;
    return node === null ? undefined : listen(node, setView);
  }, []);
  const transform = `translate(${view.x} ${view.y}) scale(${view.scale})`;
  return { frame, transform, zoom, fit };
}

/** All of the picture where it can be read, else its upper left part. */
function readable(picture: ISize, frame: ISize): IViewport {
  const all = fitted(picture, frame);
  return all.scale >= READABLE ? all : { scale: READABLE, x: 0, y: 0 };
}

/** All of the picture, in the middle. */
function fitted(picture: ISize, frame: ISize): IViewport {
  const scale = Math.max(
    SMALLEST,
    Math.min(1.2, frame.width / picture.width, frame.height / picture.height)
  );
  return {
    scale,
    x: (frame.width - picture.width * scale) / 2,
    y: Math.max(0, (frame.height - picture.height * scale) / 2)
  };
}

function zoomed(
  view: IViewport,
  factor: number,
  at: { x: number; y: number }
): IViewport {
  const scale = Math.max(SMALLEST, Math.min(LARGEST, view.scale * factor));
  const ratio = scale / view.scale;
  return {
    scale,
    x: at.x - (at.x - view.x) * ratio,
    y: at.y - (at.y - view.y) * ratio
  };
}

type SetView = React.Dispatch<React.SetStateAction<IViewport>>;

function listen(node: HTMLElement, setView: SetView): () => void {
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const box = node.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    setView(view =>
      event.ctrlKey || event.metaKey
        ? zoomed(view, Math.exp(-event.deltaY / 300), at)
        : { ...view, x: view.x - event.deltaX, y: view.y - event.deltaY }
    );
  };
  const onDown = (event: PointerEvent): void => {
    const onButton = (event.target as Element).closest('[role="button"]');
    if (event.button === 0 && onButton === null) {
      node.setPointerCapture(event.pointerId);
    }
  };
  const onMove = (event: PointerEvent): void => {
    if (node.hasPointerCapture(event.pointerId)) {
      setView(view => ({
        ...view,
        x: view.x + event.movementX,
        y: view.y + event.movementY
      }));
    }
  };
  // React listens to wheels passively, so that they could not be kept from scrolling.
  node.addEventListener('wheel', onWheel, { passive: false });
  node.addEventListener('pointerdown', onDown);
  node.addEventListener('pointermove', onMove);
  return () => {
    node.removeEventListener('wheel', onWheel);
    node.removeEventListener('pointerdown', onDown);
    node.removeEventListener('pointermove', onMove);
  };
}
