import * as React from 'react';

import { pathOf } from '../flow/layout';
import { STATE_ICONS } from '../runs/summary';
import { boxTowards, key } from '../flow/scene';
import type { IScene, ISceneBox, ISceneLine } from '../flow/scene';
import type { IGraphViewProps } from './GraphView';
import { stateWord } from './words';

interface IDrawingProps extends IGraphViewProps {
  readonly scene: IScene;
}

/** Lines below, boxes above; one box is in the order of Tab, and the edges at it. */
export const GraphDrawing = React.memo(function Drawing(
  props: IDrawingProps
): React.JSX.Element {
  const { scene, rows } = props;
  const selected = rows.find(row => row.relation === 'selected')?.name ?? null;
  const [focused, setFocused] = React.useState<string | null>(null);
  const first = focused ?? selected ?? scene.boxes[0]?.row.name ?? null;
  const current = new Map(rows.map(row => [row.name, row]));
  return (
    <g data-selecting={selected !== null}>
      <g role="list" aria-label={props.trans.__('Stages')}>
        {scene.boxes.map(box => (
          <Box
            key={box.row.name}
            {...props}
            box={{ ...box, row: current.get(box.row.name) ?? box.row }}
            inOrder={box.row.name === first}
            onFocus={setFocused}
          />
        ))}
      </g>
      <g>
        {scene.lines.map(line => (
          <Line
            key={key(line)}
            {...props}
            line={line}
            selected={selected}
            inOrder={line.source === first || line.target === first}
          />
        ))}
      </g>
    </g>
  );
});

interface IBoxProps extends IDrawingProps {
  readonly box: ISceneBox;
  readonly inOrder: boolean;
  readonly onFocus: (stage: string) => void;
}

function Box(props: IBoxProps): React.JSX.Element {
  const { box, scene, trans, onFocus } = props;
  const { row } = box;
  const state = props.states.get(row.name);
  const onKeyDown = (event: React.KeyboardEvent<SVGElement>): void => {
    const next = boxTowards(scene.boxes, box, event.key);
    if (event.key === 'Enter' || event.key === ' ') {
      props.onStage(row);
    } else if (next !== null) {
      onFocus(next.row.name);
      focusBox(event.currentTarget, next.row.name);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <g role="listitem">
      <g
        role="button"
        aria-pressed={row.relation === 'selected'}
        aria-label={trans.__('Stage %1, %2', row.number, row.title)}
        className="jp-mlcode-Box"
        data-stage={row.name}
        data-relation={row.relation}
        data-errors={row.errors > 0}
        style={
          {
            '--jp-mlcode-stage-color': props.colorOf(row.name)
          } as React.CSSProperties
        }
        tabIndex={props.inOrder ? 0 : -1}
        transform={`translate(${box.x - box.width / 2} ${box.y - box.height / 2})`}
        onClick={() => props.onStage(row)}
        onFocus={() => onFocus(row.name)}
        onKeyDown={onKeyDown}
      >
        <title>{[row.title, props.whyStage(row.name)].join('\n').trim()}</title>
        <rect width={box.width} height={box.height} rx="5" />
        <rect
          className="jp-mlcode-Box-bar"
          width="5"
          height={box.height}
          rx="2"
        />
        <text x="14" y="17" className="jp-mlcode-Box-title">
          {row.number} · {box.text}
        </text>
        <text x="14" y="32" className="jp-mlcode-Box-note">
          {row.errors > 0
            ? trans._n('✗ %1 error', '✗ %1 errors', row.errors)
            : state
              ? `${STATE_ICONS[state.state]} ${stateWord(state.state, trans)}`
              : trans._n('%1 cell', '%1 cells', row.cellIds.length)}
        </text>
      </g>
    </g>
  );
}

interface ILineProps extends IDrawingProps {
  readonly line: ISceneLine;
  readonly selected: string | null;
  readonly inOrder: boolean;
}

function Line(props: ILineProps): React.JSX.Element {
  const { line, selected, selectedEdge, trans } = props;
  const { label } = line;
  const open = selectedEdge !== null && key(selectedEdge) === key(line);
  const near = line.source === selected || line.target === selected;
  return (
    <g
      role="button"
      aria-pressed={open}
      aria-label={trans.__('%1 to %2: %3', line.source, line.target, line.text)}
      className="jp-mlcode-Line"
      data-near={near}
      data-open={open}
      tabIndex={props.inOrder ? 0 : -1}
      onClick={() => props.onEdge(line.edge)}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          props.onEdge(line.edge);
          event.preventDefault();
        }
      }}
    >
      <title>{props.whyEdge(line.edge)}</title>
      <path className="jp-mlcode-Line-target" d={pathOf(line.points)} />
      <path
        className="jp-mlcode-Line-path"
        d={pathOf(line.points)}
        markerEnd="url(#jp-mlcode-arrow)"
      />
      <rect
        x={label.x - label.width / 2}
        y={label.y - label.height / 2}
        width={label.width}
        height={label.height}
        rx="3"
      />
      <text x={label.x} y={label.y + 4} textAnchor="middle">
        {line.text}
      </text>
    </g>
  );
}

function focusBox(from: SVGElement, stage: string): void {
  const boxes =
    from.ownerSVGElement?.querySelectorAll<SVGElement>('.jp-mlcode-Box');
  Array.from(boxes ?? [])
    .find(box => box.dataset.stage === stage)
    ?.focus();
}
