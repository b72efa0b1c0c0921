import type { Run, Severity, StageProgress, Verdict } from '../api/messages';
import type { Trans } from './actions';

/** The word for the state of a run or of a stage of it. */
export function stateWord(
  state: Run['state'] | StageProgress['state'],
  trans: Trans
): string {
  switch (state) {
    case 'running':
      return trans.__('running');
    case 'completed':
      return trans.__('completed');
    case 'unchanged':
      return trans.__('unchanged');
    case 'failed':
      return trans.__('failed');
    case 'cancelled':
      return trans.__('cancelled');
    case 'lost':
      return trans.__('lost');
    case 'waiting':
      return trans.__('waiting');
    case 'interrupted':
      return trans.__('interrupted');
    case 'not_run':
      return trans.__('not run');
  }
}

/** The word for how bad a problem is. */
export function severityWord(severity: Severity, trans: Trans): string {
  switch (severity) {
    case 'error':
      return trans.__('Error');
    case 'warning':
      return trans.__('Warning');
    case 'note':
      return trans.__('Note');
  }
}

export const SEVERITY_ICONS: Readonly<Record<Severity, string>> = {
  error: '✗',
  warning: '⚠',
  note: 'ℹ'
};

/** The word for how something compares with the notebook. */
export function verdictWord(verdict: Verdict, trans: Trans): string {
  switch (verdict) {
    case 'equal':
      return trans.__('equal');
    case 'close':
      return trans.__('close');
    case 'different':
      return trans.__('different');
    case 'unstable':
      return trans.__('not judged');
  }
}

export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  equal: '✓',
  close: '≈',
  different: '✗',
  unstable: '∿'
};
