import { isFailingToMove, isStuck } from '../domain/stages/status.js';
import { problemWords } from '../domain/errors.js';
import { formatDuration, formatShortTime } from '../domain/duration.js';
import { formatPercent } from '../domain/percent.js';
import type { StopCause } from '../domain/rollout/stop.js';
import { type StatusProblem } from '../domain/rollout/status.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { oneLine } from '../domain/text.js';
import { preciseClockWords } from './clock.js';
import { versionWords, whereTrafficIs } from './header.js';
import { nextCommands, whatComes } from './next.js';
import { OUTCOME_WORDS } from './marks.js';
import type { Paint } from './paint.js';

/** What traffic goes back after. */
const DECIDED_BY: Readonly<Record<StopCause, 'command' | 'verdict' | 'decision'>> = {
  fault: 'decision',
  emergencyStop: 'command',
  abort: 'command',
  breach: 'verdict',
  judgement: 'verdict',
  preflight: 'decision',
  drift: 'decision',
  approvalTimeout: 'decision',
  unknownDeadline: 'decision',
};

/** The last word on a rollout, or on the waiting for it: how it came out, why, where traffic is, what to type. */
export function closingLines(status: RolloutStatus, paint: Paint, timeZone?: string): string[] {
  return [
    headline(status, paint),
    ...[...problemLines(status), ...trafficLine(status, timeZone), ...waitingLines(status, timeZone)].map(
      (line) => `  ${line}`,
    ),
    ...nextCommands(status).map((command) => `    ${command}`),
    ...(isStuck(status) ? [`    headgate wait ${status.id}`] : []),
  ];
}

/** The first problem stands in the headline; what to do about it, and what else there is, below. */
function problemLines({ problems = [] }: RolloutStatus): string[] {
  return problems.flatMap((problem, index) => [...(index === 0 ? [] : [sentence(problem)]), problem.remedy]);
}

function refusalOf({ problems: [first] = [], reason }: RolloutStatus): string {
  return oneLine(first === undefined ? reason : sentence(first));
}

function sentence({ subject, message, expected }: StatusProblem): string {
  return `${subject}: ${problemWords({ message, expected })}`;
}

/** What comes of an approval that nobody gives. */
function waitingLines(status: RolloutStatus, timeZone: string | undefined): string[] {
  if (status.phase !== 'awaitingApproval') return [];
  const comes = whatComes(status, Date.parse(status.asOf), timeZone);
  return comes === '' ? [] : [comes];
}

function headline(status: RolloutStatus, paint: Paint): string {
  const { service, outcome } = status;
  const reason = oneLine(status.reason);
  if (outcome === null) return openHeadline(status, paint);
  const versions = versionWords(status);
  switch (outcome) {
    case 'promoted':
      if (!status.moved) return paint.good(`✔ ${service}: ${reason}`);
      return paint.good(
        `✔ ${service} ${status.undo === undefined ? OUTCOME_WORDS.promoted : 'undone'}${versions === '' ? '' : `: ${versions}`}`,
      );
    case 'rolledBack':
      return paint.bad(`✖ ${service} ${OUTCOME_WORDS.rolledBack}: ${reason}`);
    case 'aborted':
      return status.stop?.cause === 'preflight'
        ? paint.bad(`✖ ${service} was not started, nothing has moved: ${refusalOf(status)}`)
        : paint.bad(`■ ${service} ${status.stop?.cause === 'abort' ? '' : `${OUTCOME_WORDS.aborted}: `}${reason}`);
    case 'superseded':
      return paint.attention(`» ${service} ${OUTCOME_WORDS.superseded}: ${reason}`);
  }
}

function openHeadline(status: RolloutStatus, paint: Paint): string {
  const { service, phase, endedAt } = status;
  const [reason, needsHuman] = [oneLine(status.reason), status.needsHuman === null ? null : oneLine(status.needsHuman)];
  if (endedAt !== null) return paint.bad(`✖ ${service}: ${reason}`);
  if (isFailingToMove(status)) return paint.bad(`✖ ${service} is ${phase}, and that is failing: ${needsHuman ?? ''}`);
  if (needsHuman !== null) return paint.attention(`! ${service} is ${phase}, it needs you: ${needsHuman}`);
  return `◌ ${service} is ${phase}, stage ${String(status.currentStage)}/${String(status.stageCount)}: ${reason}`;
}

function trafficLine(status: RolloutStatus, timeZone: string | undefined): string[] {
  const { outcome, endedAt, startedAt, stop, roles } = status;
  if (isFailingToMove(status)) return [unconfirmedWords(status)];
  if (outcome === null || endedAt === null) return [`${whereTrafficIs(status)} (as it was told last)`];
  const tookMs = Date.parse(endedAt) - Date.parse(startedAt);
  if (outcome === 'promoted' && !status.moved)
    return [`all traffic on ${roles?.baseline ?? 'the baseline'}; nothing was moved`];
  if (outcome === 'promoted')
    return [`all traffic on ${roles?.candidate ?? 'the candidate'}, after ${formatDuration(tookMs)}`];
  if (stop?.cause === 'preflight' || status.currentStage === 0) return [];
  const at = preciseClockWords(endedAt, timeZone);
  const after =
    stop?.at == null
      ? ''
      : `, ${formatShortTime(Date.parse(endedAt) - Date.parse(stop.at))} after the ${DECIDED_BY[stop.cause]}`;
  return [`all traffic on ${roles?.baseline ?? 'the baseline'} again ${at}${after}`];
}

/** What was told has not been read back: the share of before may still be there. */
function unconfirmedWords(status: RolloutStatus): string {
  const { stages, currentStage, roles, phase } = status;
  const before = stages[phase === 'rollingBack' ? currentStage - 1 : currentStage - 2]?.trafficPercent ?? 0;
  const candidate = roles?.candidate ?? 'the candidate';
  return `told: ${whereTrafficIs(status)}; not confirmed by the router: ${formatPercent(before)} may still be on ${candidate}`;
}
