import { ApplicationFailure } from '@temporalio/activity';
import { judgementOn, type ProbeJudgement } from '../domain/analysis/stage-judgement.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import { endpointsOf, pathOf } from '../domain/health/health-plan.js';
import { probeUntilHealthy } from '../inspection/patience.js';
import type { ServicePorts } from '../ports/service.js';
import type { GuardUndo, StageAnswer, JudgeInput } from './contracts.js';
import { undoneIn } from './drift.js';
import type { GuardUndos } from './guard/guard-undos.js';
import { ObservedReading } from './observing/observed-reading.js';
import type { Observer } from './observing/observer.js';
import { harmOf, noWayBackNow } from './probing.js';
import { StageEvidence } from './stage-evidence.js';
import { valuesIn } from './values/observed-values.js';
import type { World } from './world.js';

/** How long a judgement that lets a rollout go on waits for its record. */
const RECORD_MS = 1000;

/** The verdict on a whole stage, from what the source says about all of it and from fresh probes. */
export async function judgeStage(
  { ports, undos, observer }: Pick<World, 'ports' | 'undos' | 'observer'>,
  input: JudgeInput,
): Promise<StageAnswer> {
  const service = ports.serviceNamed(input.plan.service);
  const undone = await undoneByGuard(service, undos, input);
  if (undone !== null)
    return { verdict: 'failed', reason: undone.reason, evidence: undone.evidence, carried: null, undone };
  const judgement = await judge(service, input, observer);
  const { verdict, reason } = judgement;
  if (verdict === 'failed') return judgement;
  await observer.settled(RECORD_MS);
  if (verdict === 'successful' || !input.untilKnown) return judgement;
  throw ApplicationFailure.create({ type: 'NOT_KNOWN_YET', message: reason, category: 'BENIGN' });
}

/** A guard that undid the stage in the instant in which it ended has judged it. */
async function undoneByGuard(
  { router, route }: ServicePorts,
  undos: GuardUndos,
  { rolloutId, fences }: JudgeInput,
): Promise<GuardUndo | null> {
  try {
    return await undoneIn(await router.readWeights(route), undos, { rolloutId, fences });
  } catch (error) {
    // The step forward reads it again, and is not made without.
    if (error instanceof AdapterUnavailableError) return null;
    throw error;
  }
}

async function judge(service: ServicePorts, input: JudgeInput, observer: Observer): Promise<StageAnswer> {
  const unhealthy = await unhealthyNow(service, input);
  const reading = new ObservedReading(observer, input, 'judge');
  const evidence = new StageEvidence(
    service,
    input,
    (interval, analysis) => {
      reading.observed(interval, analysis);
    },
    { known: observer.values, recall: async () => valuesIn(await observer.linesOf(input.rolloutId), input) },
  );
  const atMs = Date.now();
  const away = await whyUnavailable(() => evidence.finish(atMs));
  const judgeWithout = (unavailable: string | null): StageAnswer =>
    judgementOn({ analysis: unavailable === null ? evidence.analysis : null, unavailable, unhealthy });
  const found = judgeWithout(away);
  // The newest value alone lets nothing pass; what it proves against the candidate stands.
  const isUnmeasured = found.verdict === 'successful' && evidence.unmeasured.length > 0;
  const unavailable = isUnmeasured ? evidence.unmeasured.join('; ') : away;
  const judgement = await withWayBack(service, input, isUnmeasured ? judgeWithout(unavailable) : found);
  reading.judged({
    atMs,
    verdict: judgement.verdict,
    reason: judgement.reason,
    ...(unavailable === null ? {} : { unavailable }),
    ...(unhealthy === null ? {} : { unhealthy: { verdict: unhealthy.verdict, reason: unhealthy.reason } }),
  });
  return isUnknown(judgement) ? withTrouble(judgement, evidence.trouble) : judgement;
}

/** A stage that failed is undone only where the plan bears it, or where the baseline is known to be healthy now. */
async function withWayBack(service: ServicePorts, { plan, roles }: JudgeInput, judgement: StageAnswer) {
  const health = plan.health ?? service.health;
  if (judgement.verdict !== 'failed' || health?.ofBaseline !== true) return judgement;
  const why = await noWayBackNow(service, roles.baseline, health);
  if (why === null) return judgement;
  return { ...judgement, verdict: 'inconclusive', reason: `${judgement.reason}; ${why}` } satisfies StageAnswer;
}

function isUnknown({ verdict }: StageAnswer): boolean {
  return verdict === 'error' || verdict === 'inconclusive';
}

function withTrouble(judgement: StageAnswer, trouble: readonly string[]): StageAnswer {
  return trouble.length === 0 ? judgement : { ...judgement, reason: `${judgement.reason} (${trouble.join('; ')})` };
}

async function whyUnavailable(read: () => Promise<void>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    return error.message;
  }
}

/** Instant probes cannot be replayed, so the judge probes afresh. */
async function unhealthyNow(service: ServicePorts, { plan, roles }: JudgeInput): Promise<ProbeJudgement | null> {
  const url = service.urls[roles.candidate];
  const health = plan.health ?? service.health;
  if (health === undefined || url === undefined) return null;
  const endpoints = endpointsOf(health);
  const results = await Promise.all(
    endpoints.map((endpoint) =>
      probeUntilHealthy(service.probe, { backend: roles.candidate, url }, endpoint, health.timeoutMs),
    ),
  );
  const failed = results.filter((result) => !result.healthy);
  const [first] = failed;
  if (first === undefined) return null;
  const because = `GET ${url}${first.endpoint} ${first.reason}`;
  if (health.ofBaseline === true)
    return { verdict: 'failed', reason: `${roles.candidate} is unhealthy: ${because}`, evidence: first };
  const { reason, shared } = await harmOf(service, roles, {
    endpoints: endpoints.filter((endpoint) => failed.some((result) => result.endpoint === pathOf(endpoint))),
    because,
    isHealthy: async (target, endpoint) =>
      (await probeUntilHealthy(service.probe, target, endpoint, health.timeoutMs)).healthy,
  });
  return { verdict: shared ? 'inconclusive' : 'failed', reason, evidence: first };
}
