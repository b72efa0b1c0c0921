import type { StageVerdict, Verdict, Verification } from '../api/messages';

/** How a whole verify ended. */
export function verdictOfAll(verify: Verification): Verdict {
  if (!verify.equal) {
    return 'different';
  }
  return verify.close.count > 0 ? 'close' : 'equal';
}

/** The worst of what was compared in a stage; what varies by itself counts only where nothing else was. */
export function verdictOf(stage: StageVerdict): Verdict {
  if (stage.different > 0) {
    return 'different';
  }
  if (stage.close > 0) {
    return 'close';
  }
  return stage.equal === 0 && stage.unstable > 0 ? 'unstable' : 'equal';
}
