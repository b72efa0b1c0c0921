import * as React from 'react';

import type {
  Run,
  StageProgress,
  StageVerdict,
  Verdict
} from '../api/messages';
import { durationText } from '../runs/summary';
import { verdictOf } from '../runs/verdicts';
import type { IPanelActions, Trans } from './actions';
import { RunMark } from './RunMark';
import { VERDICT_ICONS, verdictWord } from './words';

export interface IRunStagesProps {
  readonly run: Run;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

/** What each stage did; of a verify, how it compares with the notebook. */
export function RunStages(props: IRunStagesProps): React.JSX.Element {
  const { run, trans, actions } = props;
  const compared = new Map(run.verify?.compared.map(one => [one.stage, one]));
  const rest = compared.get('');
  return (
    <ul
      className="jp-mlcode-RunStages"
      aria-label={trans.__('Stages of the run')}
    >
      {run.stages.map(stage => (
        <Stage
          key={stage.name}
          stage={stage}
          verdict={compared.get(stage.name)}
          trans={trans}
          actions={actions}
        />
      ))}
      {rest === undefined ? null : (
        <li>
          <span className="jp-mlcode-RunDetails-stage">
            {trans.__('of no stage')}
          </span>
          <VerdictMark verdict={verdictOf(rest)} trans={trans} />
          <Compared verdict={rest} trans={trans} />
        </li>
      )}
    </ul>
  );
}

interface IStageProps {
  readonly stage: StageProgress;
  readonly verdict: StageVerdict | undefined;
  readonly trans: Trans;
  readonly actions: IPanelActions;
}

function Stage(props: IStageProps): React.JSX.Element {
  const { stage, verdict, trans, actions } = props;
  // That a stage was completed says little when what it computed was compared.
  const isJudged = verdict !== undefined && stage.state === 'completed';
  return (
    <li>
      <span className="jp-mlcode-RunDetails-stage">{stage.name}</span>
      {isJudged ? (
        <VerdictMark verdict={verdictOf(verdict)} trans={trans} />
      ) : (
        <RunMark stage={stage} trans={trans} />
      )}
      <span className="jp-mlcode-RunDetails-at">
        {stage.state === 'running'
          ? stage.at
          : stage.seconds > 0
            ? durationText(stage.seconds)
            : ''}
      </span>
      {stage.notebook === '' ? null : (
        <button
          className="jp-mlcode-Jump"
          onClick={() => actions.open(stage.notebook)}
        >
          {trans.__('notebook')}
        </button>
      )}
      {verdict === undefined ? null : (
        <Compared verdict={verdict} trans={trans} />
      )}
    </li>
  );
}

interface IVerdictMarkProps {
  readonly verdict: Verdict;
  readonly trans: Trans;
}

function VerdictMark(props: IVerdictMarkProps): React.JSX.Element {
  const { verdict, trans } = props;
  return (
    <span className="jp-mlcode-RunMark" data-verdict={verdict}>
      <span aria-hidden="true">{VERDICT_ICONS[verdict]}</span>{' '}
      {verdictWord(verdict, trans)}
    </span>
  );
}

interface IComparedProps {
  readonly verdict: StageVerdict;
  readonly trans: Trans;
}

/** How many things were compared, what became of them, and which variables are among them. */
function Compared({ verdict, trans }: IComparedProps): React.JSX.Element {
  const { variables, more } = verdict;
  return (
    <div className="jp-mlcode-Compared">
      {countsText(verdict, trans)}
      {variables.length === 0 ? null : (
        <ul aria-label={trans.__('Variables of %1', verdict.stage)}>
          {variables.map(({ name, verdict }) => (
            <li key={name}>
              <span aria-hidden="true">{VERDICT_ICONS[verdict]}</span>
              <code>{name}</code>{' '}
              <span className="jp-mlcode-said">
                {verdictWord(verdict, trans)}
              </span>
            </li>
          ))}
          {more === 0 ? null : <li>{trans.__('… and %1 more', more)}</li>}
        </ul>
      )}
    </div>
  );
}

function countsText(verdict: StageVerdict, trans: Trans): string {
  const { judged, equal, close, different, unstable } = verdict;
  const compared = trans._n('%1 thing compared', '%1 things compared', judged);
  const counts = [
    equal > 0 && equal < judged ? trans.__('%1 equal', equal) : '',
    close > 0 ? trans.__('%1 close', close) : '',
    different > 0 ? trans.__('%1 different', different) : '',
    unstable > 0 ? trans.__('%1 not judged', unstable) : ''
  ];
  return [compared, ...counts.filter(text => text !== '')].join(', ');
}
