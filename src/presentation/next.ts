import { isStagedTraffic } from '../domain/staged-traffic/is-staged-traffic.js';
import { formatDuration } from '../domain/duration.js';
import { formatPercent } from '../domain/percent.js';
import { wasBrokenOff, type StatusBase } from '../domain/rollout/status.js';
import type { Verb } from '../domain/stages/commands.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { type StatusDeadline } from '../domain/stages/status.js';
import { clockWords } from './clock.js';

const BECAUSE = '--reason …';

/** What comes by itself, in one sentence; empty where nothing does. */
export function whatComes(status: StatusBase, nowMs: number, timeZone?: string): string {
  if (!isStagedTraffic(status))
    return status.resumesAt === null ? '' : `the pause ends at ${clockWords(status.resumesAt, timeZone)}`;
  if (wasBrokenOff(status)) return 'nothing: its workflow is over';
  const at = status.stageEndsAt === null ? '' : ` at ${clockWords(status.stageEndsAt, timeZone)}`;
  switch (status.phase) {
    case 'waiting':
      return `preflight, then ${shareOfStage(status, 1)}`;
    case 'progressing':
      return `the verdict on the stage${at}, then ${afterStage(status)}`;
    case 'promoting':
      return `the end of the rollback window${at}`;
    case 'rollingBack':
      return `all traffic on ${status.roles?.baseline ?? 'the baseline'}`;
    case 'held':
    case 'awaitingApproval':
      return unanswered(status, nowMs);
    case 'paused':
      return status.resumesAt === null ? '' : `the pause ends at ${clockWords(status.resumesAt, timeZone)}`;
    case 'promoted':
    case 'rolledBack':
    case 'aborted':
    case 'superseded':
      return '';
  }
}

/** `abort in 23h 12m, unless someone approves`. */
function unanswered({ deadline }: RolloutStatus, nowMs: number): string {
  if (deadline?.at == null) return '';
  const unless = deadline.for === 'approval' ? 'someone approves' : 'it is known by then';
  return `${afterDeadline(deadline)} in ${formatDuration(Math.max(0, Date.parse(deadline.at) - nowMs))}, unless ${unless}`;
}

/** What time alone decides. */
export function afterDeadline({ then }: StatusDeadline): string {
  return then === 'hold' ? 'a person is called' : then;
}

function afterStage(status: RolloutStatus): string {
  const asks = status.stages[status.currentStage - 1]?.needsApproval === true;
  const next = shareOfStage(status, status.currentStage + 1);
  return asks ? `approval for ${next}` : next;
}

function shareOfStage({ stages }: RolloutStatus, number: number): string {
  const stage = stages[number - 1];
  return stage === undefined ? 'the end' : formatPercent(stage.trafficPercent);
}

function explainCommand({ id }: StatusBase): string {
  return `headgate explain ${id}`;
}

/** The same for somebody who has just been told why it stands where it stands. */
export function nextAfterExplaining(status: StatusBase): string[] {
  return nextCommands(status).filter((command) => command !== explainCommand(status));
}

/** What a person may type next, most likely first. */
export function nextCommands(status: StatusBase): string[] {
  return isStagedTraffic(status) ? nextOfCanary(status) : nextOfAny(status);
}

/** The verbs that have a command, in the order in which they are likely to be wanted. */
const TYPED_VERBS = ['resume', 'approve', 'reject', 'finish', 'pause', 'abort'] as const satisfies readonly Verb[];

function nextOfAny({ id, service, endedAt, takes }: StatusBase): string[] {
  if (endedAt !== null) return [`headgate history ${id}`];
  const because = (verb: Verb): string => (verb === 'abort' || verb === 'reject' ? ` ${BECAUSE}` : '');
  return TYPED_VERBS.filter((verb) => takes.includes(verb)).map(
    (verb) => `headgate ${verb} ${service}${because(verb)}`,
  );
}

/** Of a rollout that switches between two environments. */
function switchTo({ takes, service }: RolloutStatus, environment: string | undefined): string[] {
  return takes.includes('switch') && environment !== undefined ? [`headgate switch ${service} ${environment}`] : [];
}

function nextOfCanary(status: RolloutStatus): string[] {
  const { service, id } = status;
  const stage = `--if-stage ${String(status.currentStage)}`;
  const taken = (verb: Verb, command: string): string[] => (status.takes.includes(verb) ? [command] : []);
  const abort = taken('abort', `headgate abort ${service} ${BECAUSE}`);
  if (wasBrokenOff(status))
    return [`headgate break-glass set-weights ${service} BASELINE=100 ${BECAUSE}`, `headgate history ${id}`];
  switch (status.phase) {
    case 'waiting':
      return [`headgate watch ${service}`, ...abort];
    case 'progressing':
      return [...taken('pause', `headgate pause ${service}`), ...abort];
    case 'promoting':
      return [...switchTo(status, status.roles?.baseline), ...taken('finish', `headgate finish ${service}`), ...abort];
    case 'paused':
      return [...taken('resume', `headgate resume ${service}`), ...abort];
    case 'awaitingApproval':
      if (status.takes.includes('switch')) return [...switchTo(status, status.roles?.candidate), ...abort];
      return [
        ...taken('approve', `headgate approve ${service} ${stage}`),
        ...taken('reject', `headgate reject ${service} ${stage} ${BECAUSE}`),
        ...abort,
      ];
    case 'held':
      return [
        explainCommand(status),
        ...taken('approve', `headgate approve ${service} ${stage}`),
        ...taken('resume', `headgate resume ${service}`),
        ...(status.takes.includes('approve')
          ? []
          : taken('promote', `headgate promote ${service} ${stage} ${BECAUSE}`)),
        ...abort,
      ];
    case 'rollingBack':
      return status.needsHuman === null
        ? [`headgate watch ${service}`]
        : [
            `headgate doctor`,
            `headgate break-glass set-weights ${service} ${status.roles?.baseline ?? 'BASELINE'}=100 ${BECAUSE}`,
          ];
    case 'promoted':
      return [`headgate history ${id}`, ...(status.moved ? [`headgate undo ${service} ${BECAUSE}`] : [])];
    case 'rolledBack':
      return [explainCommand(status), `headgate history ${id}`, `headgate retry ${service} ${BECAUSE}`];
    case 'aborted':
      return [`headgate history ${id}`, `headgate retry ${service} ${BECAUSE}`];
    case 'superseded':
      return [`headgate status ${service}`];
  }
}
