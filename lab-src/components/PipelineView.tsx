import * as React from 'react';

import type { Edge } from '../api/messages';
import { paletteColor } from '../flow/colors';
import { stageRows, titleOf } from '../flow/rows';
import { key } from '../flow/scene';
import { edgesByTarget, whyEdge, whyStage } from '../flow/why';
import type { PanelModel } from '../model/panelModel';
import { stageStates } from '../runs/summary';
import type { IPanelActions, Trans } from './actions';
import { EdgeCard } from './EdgeCard';
import { FirstStep } from './FirstStep';
import { GraphView } from './GraphView';
import { Notice } from './Notice';
import { PanelSections } from './PanelSections';
import { StageList } from './StageList';
import { ViewTabs } from './ViewTabs';

export interface IPipelineViewProps {
  readonly model: PanelModel;
  /** The number in the palette of each stage. */
  readonly colors: ReadonlyMap<string, number>;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** All of the panel below its title. */
export function PipelineView(props: IPipelineViewProps): React.JSX.Element {
  const { model, trans, actions } = props;
  const { pipeline } = model;
  if (!pipeline.hasNotebook) {
    return (
      <p className="jp-mlcode-hint">
        {trans.__('Open a notebook to see its stages.')}
      </p>
    );
  }
  return (
    <>
      {pipeline.unreadable === null ? null : (
        <Notice
          text={pipeline.unreadable.message}
          hint={pipeline.unreadable.hint}
        />
      )}
      {pipeline.failure === null ? null : (
        <Notice text={pipeline.failure.message} hint={pipeline.failure.hint}>
          <button onClick={() => actions.retry()}>
            {trans.__('Try again')}
          </button>
        </Notice>
      )}
      {pipeline.stages.length === 0 ? (
        pipeline.unreadable === null ? (
          <FirstStep trans={trans} actions={actions} />
        ) : null
      ) : (
        <Stages {...props} />
      )}
      <PanelSections {...props} />
    </>
  );
}

/** The stages, as a list or as a graph. */
function Stages(props: IPipelineViewProps): React.JSX.Element {
  const { model, trans, actions, colors } = props;
  const { pipeline, view } = model;
  const { analysis, selectedStage } = pipeline;
  const edges = analysis?.edges ?? NO_EDGES;
  const rows = stageRows(pipeline.stages, analysis, selectedStage);
  const shared = {
    rows,
    trans,
    states: stageStates(model.runs.runs[0] ?? null),
    colorOf: (stage: string) => paletteColor(colors.get(stage) ?? 0)
  };
  const incoming = React.useMemo(() => edgesByTarget(edges), [edges]);
  const whyOf = (stage: string): string =>
    whyStage(incoming.get(stage) ?? NO_EDGES, trans);
  const select = (stage: string | null): void => {
    pipeline.selectedStage = stage;
  };
  return (
    <>
      <ViewTabs
        view={view.view}
        trans={trans}
        onView={next => model.change({ view: next })}
      />
      <div
        role="tabpanel"
        id="jp-mlcode-view"
        aria-labelledby={`jp-mlcode-tab-${view.view}`}
        className="jp-mlcode-View"
      >
        {view.view === 'list' ? (
          <StageList
            {...shared}
            whyOf={whyOf}
            actions={actions}
            onSelect={select}
          />
        ) : (
          <GraphView
            {...shared}
            edges={edges}
            selectedEdge={view.edge}
            whyStage={whyOf}
            whyEdge={edge => whyEdge(edge, trans)}
            onEdge={edge => model.change({ edge })}
            onStage={row => {
              const selected = row.relation === 'selected';
              select(selected ? null : row.name);
              if (!selected) {
                actions.reveal(row.cellIds[0]);
              }
            }}
          />
        )}
        {view.view === 'graph' ? <Card {...props} edges={edges} /> : null}
      </div>
    </>
  );
}

const NO_EDGES: ReadonlyArray<Edge> = [];

interface ICardProps extends IPipelineViewProps {
  readonly edges: ReadonlyArray<Edge>;
}

/** The card of the open edge, as long as there is that edge. */
function Card(props: ICardProps): React.JSX.Element | null {
  const { model, trans, actions, edges } = props;
  const open = model.view.edge;
  const edge = open && edges.find(other => key(other) === key(open));
  if (!edge) {
    return null;
  }
  const stages = model.pipeline.analysis?.stages ?? [];
  return (
    <EdgeCard
      edge={edge}
      titleOf={name =>
        titleOf(
          stages.find(stage => stage.name === name),
          name
        )
      }
      trans={trans}
      actions={actions}
      onClose={() => model.change({ edge: null })}
    />
  );
}
