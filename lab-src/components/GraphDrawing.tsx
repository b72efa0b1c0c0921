import * as React from 'react';

import type { IBox } from '../flow/geometry';
import { pathOf } from '../flow/layout';
import { boxTowards, key } from '../flow/scene';
import type { IScene, ISceneBox } from '../flow/scene';
import { holdsBox, holdsLine } from '../flow/viewport';
import type { IRegion } from '../flow/viewport';
import { GraphBox } from './GraphBox';
import { GraphLine } from './GraphLine';
import type { IGraphViewProps } from './GraphView';

export interface IDrawingProps extends IGraphViewProps {
  readonly scene: IScene;
  /** The part of it that is to be seen. */
  readonly region: IRegion;
  /** Whether it is too small to be read: texts are left out. */
  readonly overview: boolean;
  readonly onReveal: (box: IBox) => void;
}

/**
 * Lines below, boxes above; one box is in the order of Tab, and the edges at it.
 *
 * Only what is in the region is drawn, and what the keyboard is at.
 */
export const GraphDrawing = React.memo(function Drawing(
  props: IDrawingProps
): React.JSX.Element {
  const { scene, region, overview, rows, selectedEdge } = props;
  const selected = rows.find(row => row.relation === 'selected')?.name ?? null;
  const { first, setFocused, goTo, group } = useFocus(scene, selected);
  const current = new Map(rows.map((row, at) => [row.name, { row, at }]));
  const shown = scene.lines.filter(line => holdsLine(region, line));
  const single = scene.lines.filter(
    line =>
      [line.source, line.target].some(
        stage => stage === first || stage === selected
      ) ||
      (selectedEdge !== null && key(selectedEdge) === key(line))
  );
  const drawn = overview ? single : [...new Set([...shown, ...single])];
  return (
    <g data-selecting={selected !== null} ref={group}>
      <g role="list" aria-label={props.trans.__('Stages')}>
        {scene.boxes
          .filter(box => holdsBox(region, box) || box.row.name === first)
          .map(box => (
            <GraphBox
              {...props}
              key={box.row.name}
              box={box}
              row={current.get(box.row.name)?.row ?? box.row}
              place={current.get(box.row.name)?.at ?? 0}
              inOrder={box.row.name === first}
              onFocus={setFocused}
              onArrow={arrow => goTo(boxTowards(scene.boxes, box, arrow))}
            />
          ))}
      </g>
      {overview ? (
        <path
          className="jp-mlcode-Line-path"
          d={shown.map(line => pathOf(line.points)).join('')}
        />
      ) : null}
      <g>
        {drawn.map(line => (
          <GraphLine
            {...props}
            key={key(line)}
            line={line}
            selected={selected}
            inOrder={line.source === first || line.target === first}
          />
        ))}
      </g>
    </g>
  );
});

/** Which box is in the order of Tab, and how the focus goes to one that may not be drawn yet. */
function useFocus(
  scene: IScene,
  selected: string | null
): {
  first: string | null;
  setFocused: (stage: string) => void;
  goTo: (box: ISceneBox | null) => boolean;
  group: React.RefObject<SVGGElement>;
} {
  const [focused, setFocused] = React.useState<string | null>(null);
  const group = React.useRef<SVGGElement>(null);
  const wanted = React.useRef<string | null>(null);
  React.useEffect(() => {
    if (wanted.current !== null && wanted.current === focused) {
      wanted.current = null;
      const boxes =
        group.current?.querySelectorAll<SVGElement>('.jp-mlcode-Box');
      Array.from(boxes ?? [])
        .find(box => box.dataset.stage === focused)
        ?.focus({ preventScroll: true });
    }
  }, [focused]);
  const there = (stage: string | null): boolean =>
    scene.boxes.some(box => box.row.name === stage);
  return {
    first: [focused, selected].find(there) ?? scene.boxes[0]?.row.name ?? null,
    setFocused,
    goTo: box => {
      wanted.current = box?.row.name ?? null;
      if (box !== null) {
        setFocused(box.row.name);
      }
      return box !== null;
    },
    group
  };
}
