import { ApplicationFailure } from '@temporalio/activity';
import { breachOf } from '../domain/analysis/breach.js';
import { carryOver } from '../domain/analysis/carry-over.js';
import { picturesOf } from '../domain/analysis/pictures.js';
import { stageVerdict } from '../domain/analysis/stage-verdict.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { Judgement, JudgeInput } from './contracts.js';
import { probeUntilHealthy } from './probing.js';
import { StageEvidence } from './stage-evidence.js';

/** The verdict on a whole stage, from what the source says about all of it and from fresh probes. */
export async function judgeStage(ports: Ports, input: JudgeInput): Promise<Judgement> {
  const judgement = await judge(ports.serviceNamed(input.plan.service), input);
  const known = judgement.verdict === 'successful' || judgement.verdict === 'failed';
  if (known || !input.untilKnown) return judgement;
  throw ApplicationFailure.create({ type: 'NOT_KNOWN_YET', message: judgement.reason, category: 'BENIGN' });
}

async function judge(service: ServicePorts, input: JudgeInput): Promise<Judgement> {
  const unhealthy = await unhealthyNow(service, input);
  const evidence = new StageEvidence(service, input);
  try {
    await evidence.finish(Date.now());
  } catch (error) {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    if (unhealthy !== null) return { ...unhealthy, carried: null };
    return { verdict: 'error', reason: `the metrics cannot be had: ${error.message}`, evidence: null, carried: null };
  }
  const carried = carryOver(evidence.state);
  if (unhealthy !== null) return { ...unhealthy, carried };
  const { analysis } = input.plan;
  const { verdict, reason } = stageVerdict(analysis, evidence.state);
  const breach = breachOf(analysis, evidence.state);
  if (verdict === 'failed' && breach?.checks.every((check) => check.sharedWithBaseline) === true) {
    return {
      verdict: 'inconclusive',
      reason: `${reason}; the baseline breaches it as well`,
      evidence: breach,
      carried,
    };
  }
  const why = verdict === 'error' && evidence.trouble.length > 0 ? ` (${evidence.trouble.join('; ')})` : '';
  return { verdict, reason: `${reason}${why}`, evidence: picturesOf(analysis, evidence.state), carried };
}

/** Instant probes cannot be replayed, so the judge probes afresh. */
async function unhealthyNow(
  service: ServicePorts,
  { plan, roles }: JudgeInput,
): Promise<Omit<Judgement, 'carried'> | null> {
  const url = service.urls[roles.candidate];
  const health = plan.health ?? service.health;
  if (health === undefined || url === undefined) return null;
  const probe = (backend: string, at: string) =>
    Promise.all(
      health.endpoints.map((endpoint) =>
        probeUntilHealthy(service.probe, { backend, url: at }, endpoint, health.timeoutMs),
      ),
    );
  const failed = (await probe(roles.candidate, url)).find((result) => !result.healthy);
  if (failed === undefined) return null;
  const reason = `${roles.candidate} is unhealthy: GET ${url}${failed.endpoint} ${failed.reason}`;
  const baselineUrl = service.urls[roles.baseline];
  const baselineWell =
    baselineUrl === undefined || (await probe(roles.baseline, baselineUrl)).some((result) => result.healthy);
  return baselineWell
    ? { verdict: 'failed', reason, evidence: failed }
    : { verdict: 'inconclusive', reason: `${reason}; so is the baseline`, evidence: failed };
}
