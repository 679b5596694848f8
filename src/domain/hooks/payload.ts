import type { Moment } from './moments.js';

/** What a hook is given: the body of a webhook, the standard input of a command. The same in every attempt. */
export interface HookPayload {
  /** `rollout.before_stage`, `rollout.needs_human`, … */
  readonly type: string;
  /** ISO 8601 UTC, when it was asked or told. */
  readonly timestamp: string;
  readonly data: HookData;
}

export interface HookData {
  readonly moment: Moment;
  readonly rolloutId: string;
  readonly service: string;
  readonly version: string | null;
  /** Which question or notice of this moment it is, from 1. */
  readonly ordinal: number;
  /** Of notices: rises from one to the next within a rollout. Absent: it is a question. */
  readonly sequence?: number;
  readonly phase: string;
  /** `null` while it has not ended. */
  readonly outcome: string | null;
  /** One sentence: what is asked, or what has happened. */
  readonly what: string;
  /** Where traffic stands, in words. */
  readonly where: string;
  /** One sentence. */
  readonly why: string;
  /** Commands that a person may type, most likely first. */
  readonly commands: readonly string[];
  /** Its page in the Temporal UI. Absent: `temporal.ui` is not configured. */
  readonly link?: string;
  /** What has stopped it: a command that stops many rollouts has the same id for all. Absent: none, or it has no id. */
  readonly stoppedBy?: string;
  /** What the kind of the rollout gives besides, such as the configuration of an environment. Absent: nothing. */
  readonly facts?: HookFacts;
}

/** Plain data without secrets. */
export type HookFacts = Readonly<Record<string, unknown>>;

/** What one question or notice is called everywhere: the same in every attempt, and never again. */
export function idempotencyKey(
  { rolloutId, moment, ordinal }: Pick<HookData, 'rolloutId' | 'moment' | 'ordinal'>,
  hook: string,
): string {
  return `${rolloutId}/${moment}/${String(ordinal)}/${hook}`;
}

export function payloadType(moment: Moment): string {
  return `rollout.${moment.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
