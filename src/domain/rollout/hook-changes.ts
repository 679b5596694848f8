import type { HookReport } from '../hooks/answer.js';
import type { Moment, Notice } from '../hooks/moments.js';
import type { HookPayload } from '../hooks/payload.js';
import {
  askedOnce,
  calledFor,
  heardBy,
  hooksKnown,
  ordinalOf,
  settled,
  toldLater,
  type HooksOfService,
  type HooksState,
} from '../hooks/state.js';
import { stacked, withoutHold } from './holds.js';
import type { Life } from './life.js';
import { decide } from './record.js';

/** What happens to a rollout's hooks. */
export type HookChange =
  /** The preflight has told which there are. */
  | { readonly kind: 'known'; readonly hooks: HooksOfService }
  | { readonly kind: 'asked'; readonly moment: Moment }
  | { readonly kind: 'answered'; readonly moment: Moment; readonly hook: string; readonly report: HookReport }
  /** The question has its answer, whatever that is. */
  | { readonly kind: 'settled'; readonly moment: Moment }
  /** The gate did not open: held, and a person is called. */
  | { readonly kind: 'shut'; readonly moment: Moment; readonly reason: string }
  /** A person goes on without it, and that is used up. */
  | { readonly kind: 'passedBy'; readonly moment: Moment }
  | { readonly kind: 'told'; readonly moment: Notice; readonly payload: HookPayload }
  | {
      readonly kind: 'heard';
      readonly moment: Notice;
      readonly sequence: number;
      readonly hook: string;
      /** Why it was given up on; `null`: it has heard. */
      readonly problem: string | null;
    }
  | { readonly kind: 'called'; readonly causes: readonly string[]; readonly fresh: readonly string[] };

/** What a rollout remembers of its hooks afterwards. Without hooks nothing changes. */
export function reduceHooks<S extends Life>(state: S, change: HookChange, atMs: number): S {
  if (change.kind === 'known') return { ...state, hooks: hooksKnown(change.hooks) };
  const { hooks } = state;
  if (hooks === undefined) return state;
  const changed = changeHooks(hooks, change, atMs);
  const next = changed === hooks ? state : { ...state, hooks: changed };
  const words = wordsOf(hooks, change);
  if (change.kind !== 'shut') return words === null ? next : decide(next, atMs, words);
  const hold = { kind: 'hook', reason: change.reason, sinceMs: atMs, needsHuman: true } as const;
  return decide({ ...next, hold: stacked(next, hold) }, atMs, `Held: ${change.reason}`);
}

/** A person goes on without the gate that the rollout is held for. */
export function waiveHook<S extends Life>(state: S, who: string, atMs: number): S {
  const { hooks } = state;
  if (hooks === undefined || hooks.shut === null) return state;
  const { shut } = hooks;
  const waived = { ...withoutHold(state, 'hook'), hooks: { ...hooks, shut: null, waived: shut } };
  return decide(waived, atMs, `${who} goes on without the hook ${shut}`);
}

function changeHooks(hooks: HooksState, change: Exclude<HookChange, { kind: 'known' }>, atMs: number): HooksState {
  switch (change.kind) {
    case 'asked':
      return { ...askedOnce(hooks, change.moment), shut: null };
    case 'answered':
      return hooks;
    case 'settled':
      return settled(hooks, change.moment);
    case 'shut':
      return { ...hooks, shut: change.moment, waived: null };
    case 'passedBy':
      return { ...hooks, waived: null };
    case 'told':
      return toldLater(hooks, change.moment, change.payload);
    case 'heard':
      return heardBy(hooks, change.sequence, change.hook);
    case 'called':
      return calledFor(hooks, { ...change, atMs });
  }
}

/** What people read of it in the history; `null`: nothing. */
function wordsOf(hooks: HooksState, change: HookChange): string | null {
  if (change.kind === 'answered') {
    const { moment, hook, report } = change;
    const place = `Hook ${hook} (${moment} ${String(ordinalOf(hooks, moment))})`;
    const output = report.output === undefined ? '' : `: ${report.output}`;
    if (report.answer === 'yes') return `${place} said yes${output}`;
    return `${place} ${report.answer === 'no' ? 'said no' : 'did not answer'}: ${report.reason}`;
  }
  if (change.kind !== 'heard' || change.problem === null) return null;
  return `Hook ${change.hook} was not told (${change.moment}): ${change.problem}`;
}
