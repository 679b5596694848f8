import type { LogLine } from '../domain/rollout/log-line.js';

type Message = Omit<NonNullable<LogLine['message']>, 'runId'>;

/** As much of a workflow's history as tells who sent what. */
export interface MessageHistory {
  readonly events?:
    | readonly {
        readonly workflowExecutionSignaledEventAttributes?: {
          readonly signalName?: string | null;
          readonly identity?: string | null;
        } | null;
        readonly workflowExecutionUpdateAcceptedEventAttributes?: {
          readonly acceptedRequest?: {
            readonly meta?: { readonly identity?: string | null } | null;
            readonly input?: { readonly name?: string | null } | null;
          } | null;
        } | null;
        readonly workflowExecutionStartedEventAttributes?: { readonly identity?: string | null } | null;
        readonly workflowExecutionCancelRequestedEventAttributes?: { readonly identity?: string | null } | null;
      }[]
    | null;
}

/** What no message is called. */
const CANCELLED = 'cancelled';

/**
 * Finds the sender of the nth message of a channel and name: workflow code cannot see it, the history can.
 *
 * What the workflow told itself has the ordinal 0: it did so because somebody cancelled it, if anybody did.
 */
export function sendersIn(history: MessageHistory): (message: Message) => string | undefined {
  const identities = new Map<string, string[]>();
  const add = (key: string, identity: string | null | undefined): void => {
    identities.set(key, [...(identities.get(key) ?? []), identity ?? '']);
  };
  for (const event of history.events ?? []) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal != null) add(`signal:${signal.signalName ?? ''}`, signal.identity);
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
    if (update != null) add(`update:${update.input?.name ?? ''}`, update.meta?.identity);
    const cancel = event.workflowExecutionCancelRequestedEventAttributes;
    if (cancel != null) add(CANCELLED, cancel.identity);
  }
  return ({ channel, name, ordinal }) => {
    const sent = ordinal === 0 ? identities.get(CANCELLED)?.[0] : undefined;
    const identity = sent ?? identities.get(`${channel}:${name}`)?.[ordinal - 1];
    return identity === '' ? undefined : identity;
  };
}

/** Who started the run. */
export function starterIn({ events }: MessageHistory): string | undefined {
  const identity = events?.[0]?.workflowExecutionStartedEventAttributes?.identity ?? '';
  return identity === '' ? undefined : identity;
}
