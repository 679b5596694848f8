import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusBase } from '../../domain/rollout/status.js';
import type { Context } from '../context.js';
import { InterruptedError, type Interrupt } from '../errors.js';
import { exitOfError } from '../exit-of-error.js';

const RETRY_MS = 1000;

export interface LookOptions {
  /** How long the server may be away before the looking ends. */
  readonly patienceMs: number;
  /** Told once when the server goes away (a sentence), and once when it is back (`null`). */
  readonly onTrouble: (trouble: string | null) => void;
}

/** Looks at a rollout; a server that is away for a while is waited for, since the rollout goes on without us. */
export async function patientLook(context: Context, id: string, options: LookOptions): Promise<StatusBase> {
  const rollouts = await context.session.rollouts();
  const sinceMs = context.nowMs();
  let isAway = false;
  for (;;) {
    try {
      const status = await rollouts.getDeploymentStatus(id);
      if (isAway) options.onTrouble(null);
      return status;
    } catch (error) {
      const isPatient = exitOfError(error) === 'unreachable' && context.nowMs() - sinceMs < options.patienceMs;
      if (!isPatient) throw error;
      if (!isAway) options.onTrouble('Temporal does not answer; the rollout goes on, looking again');
      isAway = true;
      await sleep(RETRY_MS, undefined, { signal: context.interrupted });
    }
  }
}

/**
 * Ctrl-C is answered at once, also while a question to the server is on its way.
 *
 * @throws InterruptedError
 */
export async function orDetached<Value>(context: Context, id: string, work: Promise<Value>): Promise<Value> {
  const { interrupted } = context;
  let detach: () => void = () => undefined;
  const detached = new Promise<never>((_, reject) => {
    detach = () => reject(detachedFrom(id, interrupted.reason as Interrupt));
  });
  if (interrupted.aborted) detach();
  interrupted.addEventListener('abort', detach, { once: true });
  try {
    return await Promise.race([detached, work]);
  } finally {
    interrupted.removeEventListener('abort', detach);
    work.catch(() => undefined);
  }
}

function detachedFrom(id: string, interrupt: Interrupt): InterruptedError {
  return new InterruptedError(interrupt, `Detached from ${id}: the rollout goes on`, [
    `headgate watch ${id}`,
    `headgate abort ${id} --reason …`,
  ]);
}
