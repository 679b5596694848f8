import type { Verdict } from '../domain/analysis/verdict.js';
import type { Outcome, Phase } from '../domain/rollout/phase.js';
import type { StageStatus } from '../domain/stages/status.js';
import type { Paint } from './paint.js';

type Style = keyof Paint;

interface Mark {
  readonly symbol: string;
  readonly style: Style;
}

const PHASE_MARKS: Readonly<Record<Phase | 'terminated' | 'failed', Mark>> = {
  waiting: { symbol: '·', style: 'moving' },
  progressing: { symbol: '◌', style: 'moving' },
  paused: { symbol: '‖', style: 'attention' },
  awaitingApproval: { symbol: '?', style: 'attention' },
  held: { symbol: '!', style: 'attention' },
  promoting: { symbol: '●', style: 'moving' },
  rollingBack: { symbol: '↩', style: 'bad' },
  promoted: { symbol: '✔', style: 'good' },
  rolledBack: { symbol: '✖', style: 'bad' },
  aborted: { symbol: '■', style: 'bad' },
  superseded: { symbol: '»', style: 'faint' },
  terminated: { symbol: '✖', style: 'bad' },
  failed: { symbol: '✖', style: 'bad' },
};

/** In a sentence. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  promoted: 'promoted',
  rolledBack: 'rolled back',
  aborted: 'aborted',
  superseded: 'superseded',
};

/** `◌ progressing`. */
export function phaseWords(phase: keyof typeof PHASE_MARKS, paint: Paint): string {
  const { symbol, style } = PHASE_MARKS[phase];
  return paint[style](`${symbol} ${phase}`);
}

export function phaseSymbol(phase: keyof typeof PHASE_MARKS, paint: Paint): string {
  const { symbol, style } = PHASE_MARKS[phase];
  return paint[style](symbol);
}

const VERDICT_MARKS: Readonly<Record<Verdict, Mark & { readonly word: string }>> = {
  successful: { symbol: '✔', word: 'healthy', style: 'good' },
  failed: { symbol: '✖', word: 'failed', style: 'bad' },
  inconclusive: { symbol: '?', word: 'undecided', style: 'attention' },
  error: { symbol: '!', word: 'no data', style: 'attention' },
};

/** `✔ healthy`, padded to the longest of its kind. */
export function verdictWords(verdict: Verdict, paint: Paint): string {
  const { symbol, word, style } = VERDICT_MARKS[verdict];
  return paint[style](`${symbol} ${word.padEnd(9)}`);
}

/** `✔`, without a colour: it stands in rows. */
export function verdictSymbol(verdict: Verdict): string {
  return VERDICT_MARKS[verdict].symbol;
}

const STAGE_MARKS: Readonly<Record<StageStatus['state'], Mark>> = {
  upcoming: { symbol: '·', style: 'faint' },
  current: { symbol: '◌', style: 'moving' },
  passed: { symbol: '✔', style: 'good' },
  stopped: { symbol: '✖', style: 'bad' },
};

export function stageSymbol(state: StageStatus['state'], paint: Paint): string {
  const { symbol, style } = STAGE_MARKS[state];
  return paint[style](symbol);
}
