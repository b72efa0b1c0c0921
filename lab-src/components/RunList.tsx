import * as React from 'react';

import type { Run } from '../api/messages';
import {
  durationText,
  parametersText,
  progressOf,
  shortValue,
  startedText,
  STATE_ICONS
} from '../runs/summary';
import { verdictOfAll } from '../runs/verdicts';
import type { IPanelActions, Trans } from './actions';
import { RunDetails } from './RunDetails';
import { stateWord, VERDICT_ICONS, verdictWord } from './words';

export interface IRunListProps {
  readonly runs: ReadonlyArray<Run>;
  readonly selected: Run | null;
  readonly heardAt: (id: string) => number;
  readonly logText: string;
  readonly trans: Trans;
  readonly actions: IPanelActions;
  readonly onSelect: (id: string | null) => void;
}

/** The runs, newest first; the open one shows its stages and its log. */
export function RunList(props: IRunListProps): React.JSX.Element {
  const { runs, selected, trans } = props;
  const now = useNow(runs.some(run => run.state === 'running'));
  if (runs.length === 0) {
    return (
      <p className="jp-mlcode-hint">
        {trans.__('This notebook has not been run as a pipeline yet.')}
      </p>
    );
  }
  return (
    <ol className="jp-mlcode-Runs" aria-label={trans.__('Runs')}>
      {runs.map(run => (
        <li key={run.id} className="jp-mlcode-Run" data-state={run.state}>
          <button
            aria-expanded={run.id === selected?.id}
            onClick={() =>
              props.onSelect(run.id === selected?.id ? null : run.id)
            }
          >
            <Summary
              run={run}
              seconds={secondsOf(run, props.heardAt(run.id), now)}
              trans={trans}
            />
          </button>
          {run.id === selected?.id ? (
            <RunDetails
              run={run}
              logText={props.logText}
              trans={trans}
              actions={props.actions}
            />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

interface ISummaryProps {
  readonly run: Run;
  readonly seconds: number;
  readonly trans: Trans;
}

function Summary({ run, seconds, trans }: ISummaryProps): React.JSX.Element {
  const { done, cells } = progressOf(run);
  const metrics = Object.entries(run.metrics);
  return (
    <>
      <span className="jp-mlcode-Run-state">
        <Ending run={run} trans={trans} />
      </span>
      <span className="jp-mlcode-Run-time">
        {startedText(run.started, new Date())}
      </span>
      <span className="jp-mlcode-Run-duration">{durationText(seconds)}</span>
      <span className="jp-mlcode-Run-parameters">
        {run.tolerance === null
          ? parametersText(run.parameters) || trans.__('defaults')
          : trans.__('within %1', run.tolerance)}
      </span>
      {metrics.length === 0 ? null : (
        <span className="jp-mlcode-Run-metrics">
          {metrics
            .map(([name, value]) => `${name} ${shortValue(value)}`)
            .join(' · ')}
        </span>
      )}
      {run.state === 'running' && cells > 0 ? (
        <progress
          max={cells}
          value={done}
          aria-label={trans.__('%1 of %2 cells', done, cells)}
        />
      ) : null}
    </>
  );
}

/** How a run ended, or that it goes on; of a verify, what it found. */
function Ending(
  props: Pick<ISummaryProps, 'run' | 'trans'>
): React.JSX.Element {
  const { run, trans } = props;
  const verdict = run.verify === null ? null : verdictOfAll(run.verify);
  const word =
    verdict === null
      ? stateWord(run.state, trans)
      : verdictWord(verdict, trans);
  return (
    <>
      <span aria-hidden="true">
        {verdict === null ? STATE_ICONS[run.state] : VERDICT_ICONS[verdict]}
      </span>{' '}
      {run.kind === 'verify' ? trans.__('verify: %1', word) : word}
    </>
  );
}

/** How long a run has taken; a running one is counted on from what was heard. */
function secondsOf(run: Run, heard: number, now: number): number {
  return run.state === 'running'
    ? run.seconds + Math.max(0, now - heard) / 1000
    : run.seconds;
}

function useNow(ticking: boolean): number {
  const [now, setNow] = React.useState(Date.now);
  React.useEffect(() => {
    if (!ticking) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
