import * as React from 'react';

import { stageRows } from '../flow/rows';
import { Notice } from './Notice';
import { ParameterList } from './ParameterList';
import type { IPipelineViewProps } from './PipelineView';
import { ProblemList } from './ProblemList';
import { RunForm } from './RunForm';
import { RunList } from './RunList';
import { Section } from './Section';

/** Below the stages: parameters, problems, runs. */
export function PanelSections(props: IPipelineViewProps): React.JSX.Element {
  const { model, trans, actions } = props;
  const { pipeline, view } = model;
  const parameters = pipeline.analysis?.parameters ?? [];
  const problems = pipeline.analysis?.problems ?? [];
  return (
    <>
      <Section
        title={trans.__('Parameters')}
        count={parameters.length}
        open={!view.closed.includes('parameters')}
        onToggle={() => model.toggle('parameters')}
      >
        <ParameterList
          parameters={parameters}
          trans={trans}
          actions={actions}
        />
      </Section>
      <Section
        title={trans.__('Problems')}
        count={problems.length}
        open={!view.closed.includes('problems')}
        onToggle={() => model.toggle('problems')}
      >
        {pipeline.analysis === null ? (
          <p className="jp-mlcode-hint">{trans.__('Not analysed yet.')}</p>
        ) : (
          <ProblemList problems={problems} trans={trans} actions={actions} />
        )}
      </Section>
      <Section
        title={trans.__('Runs')}
        count={model.runs.runs.length}
        open={!view.closed.includes('runs')}
        onToggle={() => model.toggle('runs')}
      >
        <Runs {...props} />
      </Section>
    </>
  );
}

function Runs(props: IPipelineViewProps): React.JSX.Element {
  const { model, trans, actions } = props;
  const { pipeline, runs, view } = model;
  const { selected } = runs;
  return (
    <>
      {pipeline.stages.length === 0 ? null : (
        <RunForm
          parameters={pipeline.analysis?.parameters ?? []}
          rows={stageRows(pipeline.stages, pipeline.analysis, null)}
          entries={view.entries}
          choice={view.choice}
          tolerance={view.tolerance}
          busy={
            actions.isExporting() ||
            runs.runs.some(run => run.state === 'running')
          }
          trans={trans}
          actions={actions}
          onEntries={entries => model.change({ entries })}
          onChoice={choice => model.change({ choice })}
          onTolerance={tolerance => model.change({ tolerance })}
        />
      )}
      {runs.error === null ? null : (
        <Notice text={runs.error.message} hint={runs.error.hint} />
      )}
      <RunList
        runs={runs.runs}
        selected={selected}
        heardAt={id => runs.heardAt(id)}
        logText={selected === null ? '' : runs.logOf(selected.id).text}
        trans={trans}
        actions={actions}
        onSelect={id => runs.select(id)}
      />
    </>
  );
}
