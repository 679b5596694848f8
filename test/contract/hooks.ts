import { describe, expect, test } from 'vitest';
import type { HookPayload } from '../../src/domain/hooks/payload.js';
import { HookUnansweredError, type Hook, type HookAttempt } from '../../src/ports/hooks.js';

/** What must never be told. */
export const PLANTED = 'planted-Tr0ub4dor-and-3';

/** One attempt may take so long. */
export const LIMIT_MS = 700;

/** A hook that behaves in one way. */
export type Make = (behaviour: string) => Hook | Promise<Hook>;

export interface HookContract {
  readonly make: Make;
  /** Whether it can answer a question. */
  readonly answers: boolean;
  /** Behaviours that are no answer, beside hanging. */
  readonly unanswered: readonly string[];
}

export const payloadOf = (moment: HookPayload['data']['moment'] = 'beforeStage'): HookPayload => ({
  type: 'rollout.before_stage',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {
    moment,
    rolloutId: 'checkout.eu@run',
    service: 'checkout.eu',
    version: '2.7.0',
    ordinal: 1,
    phase: 'progressing',
    outcome: null,
    what: 'May the next share of checkout be set?',
    where: 'blue 100 %',
    why: 'setting 5 %',
    commands: ['headgate watch checkout'],
  },
});

export const attemptOf = (signal: HookAttempt['signal'] = new AbortController().signal, attempt = 1): HookAttempt => ({
  attempt,
  idempotencyKey: 'checkout.eu@run/beforeStage/1/ci',
  signal,
});

/** What every hook must do. */
export function describeHook(name: string, { make, answers, unanswered }: HookContract): void {
  describe(`hook: ${name}`, () => {
    const ask = async (behaviour: string) => (await make(behaviour)).run('beforeStage', payloadOf(), attemptOf());
    const refusal = async (behaviour: string): Promise<HookUnansweredError> => {
      const error: unknown = await ask(behaviour).then(
        (answer) => new Error(`it answered ${JSON.stringify(answer)}`),
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(HookUnansweredError);
      return error as HookUnansweredError;
    };

    test.runIf(answers)('says what was said explicitly: yes, no, not yet [M-08]', async () => {
      expect(await ask('yes')).toMatchObject({ answer: 'yes' });
      expect(await ask('no')).toMatchObject({ answer: 'no', reason: 'not on a Friday' });
      expect(await ask('notYet')).toMatchObject({ answer: 'notYet', reason: 'still warming up' });
    });

    test.each(unanswered)('%s is not taken for a yes [M-08]', async (behaviour) => {
      await refusal(behaviour);
    });

    test('whatever hangs is ended by its time limit, and is not taken for a yes [M-08]', async () => {
      expect((await refusal('hang')).message).toContain(String(LIMIT_MS));
    });

    test('whoever does not wait any more ends it at once [M-08]', async () => {
      const caller = new AbortController();
      const hook = await make('hang');
      const running = hook.run('beforeStage', payloadOf(), attemptOf(caller.signal));
      caller.abort(new Error('nobody waits'));
      await expect(running).rejects.toThrow('nobody waits');
    });

    test('a notice that was taken is answered yes [M-08]', async () => {
      const hook = await make('yes');
      expect(await hook.run('completed', payloadOf('completed'), attemptOf())).toMatchObject({ answer: 'yes' });
    });

    test('what it says bears no secret, even when the other side repeats it [M-08]', async () => {
      const hook = await make('repeat');
      const said: unknown = await hook
        .run('completed', payloadOf('completed'), attemptOf())
        .catch((error: unknown) => error);
      expect(said).toBeDefined();
      const told = said instanceof Error ? `${said.message} ${said.stack ?? ''}` : JSON.stringify(said);
      expect(told).not.toContain(PLANTED);
      expect(told).not.toContain(Buffer.from(PLANTED).toString('base64').replace(/=+$/, ''));
    });

    test('what cannot work as it is configured is found before it is needed [M-08]', async () => {
      expect(await (await make('yes')).findObstacle()).toBeNull();
      expect(await (await make('missing')).findObstacle()).toMatchObject({ message: expect.any(String) as string });
    });
  });
}
