import { VERBS } from '../../src/domain/stages/commands.js';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verb } from '../../src/domain/stages/commands.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { RolloutOutcome } from '../../src/workflows/messages.js';
import { eventually } from '../contract/support/eventually.js';
import { temporalCli, type TemporalCli } from './support/temporal-cli.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const JOURNEYS = ['client-none', 'client-empty', 'client-nonsense', 'cli-none', 'cli-empty', 'cli-nonsense'];
const SERVICES = ['checkout', 'raw', 'shown', 'asked', ...JOURNEYS];

let world: World;
let cli: TemporalCli;

beforeAll(async () => {
  [world, cli] = await Promise.all([startWorld({ services: SERVICES }), temporalCli()]);
});

afterAll(() => world.stop());

const idOf = (service: string): string => `${world.taskQueue}/rollout/${service}`;
const handleOf = (service: string): WorkflowHandle => world.client.workflow.getHandle(idOf(service));

/** The first and the last stage stay until told, the one between asks for approval after a moment. */
const journeyPlan = (service: string): CanaryPlan =>
  longPlan({
    service,
    name: service,
    analysis: { checks: [] },
    autoProgression: false,
    stages: [
      { trafficPercent: 25, durationMs: 600_000 },
      { trafficPercent: 50, durationMs: 200 },
      { trafficPercent: 100, durationMs: 600_000 },
    ],
  });

type Send = (service: string, verb: Verb) => Promise<unknown>;

/** Three ways to say as little as possible. */
const INPUTS: Readonly<Record<string, readonly unknown[]>> = {
  none: [],
  empty: [{}],
  nonsense: [['please', { reason: 17 }]],
};

const byClient =
  (input: readonly unknown[]): Send =>
  (service, verb) =>
    handleOf(service).signal(verb, ...input);

const byCli =
  (input: readonly unknown[]): Send =>
  (service, verb) =>
    cli(
      ...['workflow', 'signal', '--workflow-id', idOf(service), '--name', verb],
      ...input.flatMap((value) => ['--input', JSON.stringify(value)]),
    );

describe('every signal, as people type it', () => {
  test.each(JOURNEYS)('moves a rollout through its life: %s [M-06] [C-08]', async (service) => {
    const [channel = '', kind = ''] = service.split('-');
    const input = INPUTS[kind] ?? [];
    const send = channel === 'cli' ? byCli(input) : byClient(input);
    const { id } = await world.deployment.start(journeyPlan(service));
    const reaches = async (verb: Verb, what: string, holds: (status: RolloutStatus) => boolean): Promise<void> => {
      await send(service, verb);
      await world.status(id, `${verb} to lead to ${what}`, holds);
    };
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await reaches('pause', 'a pause', ({ phase }) => phase === 'paused');
    await reaches('resume', 'its end', ({ phase }) => phase === 'progressing');
    await reaches(
      'promote',
      'the question',
      ({ phase, currentStage }) => phase === 'awaitingApproval' && currentStage === 2,
    );
    expect(await world.candidateShare(service)).toBe(50);
    await reaches('reject', 'a hold', ({ phase, needsHuman }) => phase === 'held' && needsHuman !== null);
    await reaches(
      'approve',
      'full load',
      ({ currentStage, stageEndsAt }) => currentStage === 3 && stageEndsAt !== null,
    );
    await reaches('finish', 'the end', ({ outcome }) => outcome === 'promoted');
    expect(await world.candidateShare(service)).toBe(100);

    await world.closed(service);
    const next = await world.deployment.start(journeyPlan(service));
    await world.status(next.id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await send(service, 'abort');
    await world.status(next.id, 'the abort', ({ outcome }) => outcome === 'aborted');
    expect(await world.candidateShare(service)).toBe(100);
  });

  test('a field of the wrong type is left out, numbers may come as text [M-06]', async () => {
    const { id } = await world.deployment.start(longPlan());
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await handleOf('checkout').signal('pause', { durationMinutes: 'half an hour', by: 17, reason: { why: 'x' } });
    const paused = await world.status(id, 'a pause without an end', ({ phase }) => phase === 'paused');
    expect(paused.reason).toBe('paused');
    await handleOf('checkout').signal('resume', { modifiedConfig: { traffic: '0.3' } });
    await world.status(id, 'the share to change', ({ stageEndsAt }) => stageEndsAt !== null);
    expect(await world.candidateShare()).toBe(30);
    await handleOf('checkout').signal('abort', { reason: ['not', 'text'], stage: 'first' });
    expect(await world.status(id, 'the end', ({ isComplete }) => isComplete)).toMatchObject({ reason: 'aborted' });
  });

  test('what cannot be read at all is no reason to stand still: the next abort moves [M-06] [C-12]', async () => {
    const { id } = await world.deployment.start(longPlan());
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    const encoding = Buffer.from('json/plain');
    await world.client.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: idOf('checkout') },
      signalName: 'pause',
      input: { payloads: [{ metadata: { encoding }, data: Buffer.from('half an hour, please') }] },
    });
    await handleOf('checkout').signal('abort');
    await eventually('the abort', async () => ((await world.candidateShare()) === 0 ? true : undefined));
    await world.status(id, 'the end', ({ isComplete }) => isComplete);
  });

  test('an update by the command line is answered, or refused with the reason [M-06] [C-08]', async () => {
    const { id } = await world.deployment.start(longPlan());
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    const update = (verb: Verb): Promise<string> =>
      cli('workflow', 'update', 'execute', '--workflow-id', idOf('checkout'), '--name', verb, '--input', '{}');
    await expect(update('finish')).rejects.toThrow(/only the rollback window at full load can be ended early/);
    expect(await update('pause')).toMatch(/Paused at 25 %/);
    await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    await cli(
      'workflow',
      'signal',
      '--workflow-id',
      idOf('checkout'),
      '--name',
      'emergencyStop',
      '--input',
      '{"reason":"fire"}',
    );
    expect(await world.status(id, 'the end', ({ isComplete }) => isComplete)).toMatchObject({
      stop: { cause: 'emergencyStop' },
      reason: 'emergency stop: fire',
    });
  });
});

describe('a rollout that is started from raw JSON', () => {
  const startRaw = async (service: string, input: unknown): Promise<RolloutOutcome> => {
    const workflowId = idOf(service);
    await cli(
      ...['workflow', 'start', '--type', 'canaryRollout', '--task-queue', world.taskQueue, '--workflow-id', workflowId],
      ...['--input', JSON.stringify(input)],
    );
    const handle = world.client.workflow.getHandle(workflowId);
    return world.client.withDeadline(Date.now() + 90_000, () => handle.result() as Promise<RolloutOutcome>);
  };

  test('runs as any other, although nothing but the plan is given [M-06]', async () => {
    const plan = quickPlan({ service: 'raw', name: 'raw', analysis: { checks: [] } });
    const stages = [50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 200 }));
    expect(await startRaw('raw', { plan: { ...plan, stages } })).toMatchObject({ outcome: 'promoted', cause: null });
    expect(await world.candidateShare('raw')).toBe(100);
    await world.setWeights([{ backend: 'blue', percent: 100 }], 'raw');
  });

  test('with a bad plan ends as aborted with every problem listed, and nothing has moved [M-06] [U-04]', async () => {
    const stages = [
      { trafficPercent: 50, durationMs: 1000 },
      { trafficPercent: 20, durationMs: -5 },
    ];
    const checks = [{ kind: 'threshold', metric: 'errorRate' }] as const;
    const outcome = await startRaw('raw', {
      plan: longPlan({ service: 'raw', stages, monitoringIntervalMs: 0, analysis: { checks } }),
    });
    expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', weights: null });
    for (const path of [
      'stages[1].trafficPercent',
      'stages[1].durationMs',
      'monitoringIntervalMs',
      'analysis.checks[0]',
    ])
      expect(outcome.reason).toContain(path);
    expect(await world.candidateShare('raw')).toBe(0);
  });

  test.each<[string, unknown]>([
    ['no plan', {}],
    ['a plan without anything', { plan: {} }],
    ['a plan without stages', { plan: { service: 'raw' } }],
    ['stages that are no list', { plan: { ...longPlan({ service: 'raw' }), stages: 'all' } }],
    ['a plan that is text', { plan: 'canary' }],
    ['nothing', null],
  ])('with %s ends as aborted and says what is missing, instead of standing still [M-06] [U-04]', async (_, input) => {
    const outcome = await startRaw('raw', input);
    expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', weights: null });
    expect(outcome.reason).toMatch(/the plan is not valid/);
    expect(await world.candidateShare('raw')).toBe(0);
  });
});

interface Metadata {
  readonly currentDetails?: string;
  readonly definition?: {
    readonly signalDefinitions?: readonly { readonly name?: string; readonly description?: string }[];
    readonly updateDefinitions?: readonly { readonly name?: string; readonly description?: string }[];
    readonly queryDefinitions?: readonly { readonly name?: string; readonly description?: string }[];
  };
}

describe('what the Temporal UI shows', () => {
  const metadata = (service: string): Promise<Metadata> =>
    handleOf(service).query<Metadata>('__temporal_workflow_metadata');

  test('is where the rollout stands, why, and which signals it takes now [M-06] [C-06]', async () => {
    const { id } = await world.deployment.start(
      { ...journeyPlan('shown'), version: 'v2', runbook: 'https://runbooks.test/checkout' },
      { requestedBy: 'ci:acme/shop#1' },
    );
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    const baking = (await metadata('shown')).currentDetails ?? '';
    expect(baking).toMatch(/\*\*shown\*\* v2 is \*\*progressing\*\*, stage 1 of 3, 25 % on green\./);
    expect(baking).toMatch(/The stage ends at 20/);
    expect(baking).toMatch(/Signals it takes now: .*`pause`.*`promote`/);
    expect(baking).not.toMatch(/Signals it takes now: .*`resume`/);

    await handleOf('shown').signal('pause', { by: 'Ada', reason: 'lunch' });
    await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    const paused = (await metadata('shown')).currentDetails ?? '';
    expect(paused).toMatch(/is \*\*paused\*\*/);
    expect(paused).toMatch(/Paused by Ada: lunch\./);
    expect(paused).toMatch(/Signals it takes now: .*`resume`/);

    const description = await handleOf('shown').describe();
    expect(await description.staticSummary()).toBe('Canary of shown v2');
    expect(await description.staticDetails()).toMatch(/25 % for 10m.*Started by ci:acme\/shop#1.*Runbook: https:/s);
  });

  test('names every message with what to type, and the query answers with the status [M-06]', async () => {
    const { definition } = await metadata('shown');
    const verbs = [...VERBS].sort();
    for (const definitions of [definition?.signalDefinitions, definition?.updateDefinitions]) {
      expect(definitions?.map(({ name }) => name).sort()).toEqual(verbs);
      expect(definitions?.every(({ description }) => description?.includes('{"') === true)).toBe(true);
    }
    expect(definition?.queryDefinitions?.map(({ name }) => name)).toContain('status');
    const answer = await cli(
      'workflow',
      'query',
      '--workflow-id',
      idOf('shown'),
      '--type',
      'status',
      '--output',
      'json',
    );
    expect(answer).toMatch(/"phase":\s*"paused"/);
    expect(await handleOf('shown').query('status')).toMatchObject({
      service: 'shown',
      phase: 'paused',
      currentStage: 1,
    });
  });

  test('says of every timer and activity what it is for [M-06]', async () => {
    await handleOf('shown').signal('resume');
    await handleOf('shown').signal('promote');
    await world.status('shown', 'the question', ({ phase }) => phase === 'awaitingApproval');
    const { events } = await handleOf('shown').fetchHistory();
    const summaries = (events ?? []).flatMap((event) => {
      const isTimer = event.timerStartedEventAttributes != null;
      if (!isTimer && event.activityTaskScheduledEventAttributes == null) return [];
      const summary = event.userMetadata?.summary;
      return [
        `${isTimer ? 'timer' : 'activity'}: ${summary == null ? '-' : String(defaultPayloadConverter.fromPayload(summary))}`,
      ];
    });
    expect(summaries).toContain('timer: Stage 1 of 3 bakes at 25 %');
    expect(summaries).toContain('activity: Guard stage 1 at 25 %');
    expect(summaries).toContain('activity: Judge stage 1 at 25 %');
    expect(summaries).toContain('activity: Set green 25 %, blue 75 %');
    expect(summaries.filter((summary) => summary.endsWith(': -'))).toEqual([]);
  });
});

test('the search attributes follow the phases [C-06]', async () => {
  const shown = async (): Promise<Record<string, unknown>> => {
    const { typedSearchAttributes } = await handleOf('asked').describe();
    return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  };
  const { id } = await world.deployment.start(journeyPlan('asked'), { requestId: 'acme/shop:1:1:deploy' });
  const at = async (phase: string, more: Record<string, unknown>): Promise<void> => {
    let last: Record<string, unknown> = {};
    await eventually(`the attributes to say ${phase}`, async () => {
      last = await shown();
      return last['HeadgatePhase'] === phase ? true : undefined;
    });
    expect(last).toMatchObject(more);
  };
  await at('progressing', {
    HeadgateRolloutId: id,
    HeadgateService: 'asked',
    HeadgateRequestId: 'acme/shop:1:1:deploy',
    HeadgateStrategy: 'canary',
    HeadgateVerdict: 'none',
    HeadgateStage: 1,
    HeadgateTrafficPercent: 25,
    HeadgateNeedsHuman: false,
  });
  await handleOf('asked').signal('pause');
  await at('paused', { HeadgateStage: 1, HeadgateNeedsHuman: false });
  await handleOf('asked').signal('resume');
  await handleOf('asked').signal('promote');
  await at('awaitingApproval', { HeadgateStage: 2, HeadgateTrafficPercent: 50, HeadgateNeedsHuman: true });
  await handleOf('asked').signal('reject');
  await at('held', { HeadgateVerdict: 'successful', HeadgateNeedsHuman: true });
  await handleOf('asked').signal('approve');
  await at('promoting', { HeadgateStage: 3, HeadgateTrafficPercent: 100, HeadgateNeedsHuman: false });
  world.routerRelay.set('refusing');
  await handleOf('asked').signal('abort');
  await at('rollingBack', { HeadgateTrafficPercent: 0 });
  world.routerRelay.set('open');
  await at('aborted', { HeadgateTrafficPercent: 0, HeadgateNeedsHuman: false });
});
