import * as React from 'react';

import type { IBox } from '../flow/geometry';
import { fitted, readable, revealing, zoomed } from '../flow/viewport';
import type { ISize, IViewport } from '../flow/viewport';

/** A picture in its frame; nothing is shown before the frame has a size. */
export interface IFramed {
  readonly view: IViewport;
  readonly size: ISize;
}

/** Pan and zoom of a picture in its frame: by pointer, wheel and buttons. */
export function useViewport(
  picture: ISize,
  first: IBox | null
): {
  frame: React.RefObject<HTMLDivElement>;
  framed: IFramed | null;
  zoom: (factor: number) => void;
  fit: () => void;
  reveal: (box: IBox) => void;
} {
  const frame = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState<IViewport | null>(null);
  const size = useSize(frame);
  const { width, height } = picture;
  const sized = size !== null && width > 0;

  React.useLayoutEffect(() => {
    // Another picture is looked at from its beginning; a frame of another size is not.
    setView(sized ? readable({ width, height }, size, first) : null);
  }, [width, height, sized]);
  React.useEffect(() => {
    const node = frame.current;
    return node === null ? undefined : listen(node, setView);
  }, []);

  return {
    frame,
    framed: view === null || size === null ? null : { view, size },
    fit: () => setView(size && fitted({ width, height }, size)),
    zoom: factor =>
      setView(
        now =>
          now &&
          size &&
          zoomed(now, factor, { x: size.width / 2, y: size.height / 2 })
      ),
    reveal: box => setView(now => now && size && revealing(now, size, box))
  };
}

/** The size of an element, as it changes; null while it is not to be seen. */
function useSize(frame: React.RefObject<HTMLElement>): ISize | null {
  const [size, setSize] = React.useState<ISize | null>(null);
  React.useLayoutEffect(() => {
    const node = frame.current;
    if (node === null) {
      return undefined;
    }
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = node;
      if (width > 0 && height > 0) {
        setSize(now =>
          now?.width === width && now.height === height
            ? now
            : { width, height }
        );
      }
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return size;
}

type SetView = React.Dispatch<React.SetStateAction<IViewport | null>>;

function listen(node: HTMLElement, setView: SetView): () => void {
  const change = (next: (view: IViewport) => IViewport): void =>
    setView(view => view && next(view));
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const box = node.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    change(view =>
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
      const { movementX, movementY } = event;
      change(view => ({
        ...view,
        x: view.x + movementX,
        y: view.y + movementY
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
