import { getClient } from '@temporalio/activity';
import { isObject } from '../../domain/reading/combinators.js';
import { OUTCOMES } from '../../domain/rollout/phase.js';
import { formatRolloutId, workflowIdOf } from '../../domain/rollout/rollout-id.js';
import { problemsOfService } from '../../domain/rollout/service-name.js';
import { covers, isPattern, type Scope } from '../../domain/stop-the-line/scope.js';
import { BASELINE_MEMO, START_MEMO } from '../../domain/traffic/serving/memo.js';
import { readSlotVersion } from '../../domain/traffic/serving/serves.js';
import { visibilityValue } from '../../domain/visibility-value.js';
import { limitConcurrency } from '../limit-concurrency.js';

/** A workflow as the server describes it; what it lists has the same. */
type Described = Awaited<ReturnType<ReturnType<ReturnType<typeof getClient>['workflow']['getHandle']>['describe']>>;

/** A rollout that has not ended, as the server knows it. */
export interface InFlight {
  readonly id: string;
  readonly service: string;
  readonly workflowId: string;
  /** What had everything when it began; `null` while it has not told. */
  readonly baseline: string | null;
  /** An undo that is to be at once: it goes back itself, and no stop is in its way. */
  readonly isUndoAtOnce: boolean;
  readonly startedAtMs: number;
}

/** Asked for at once. */
const PAGE = 1000;

/** Questions to the server at the same time: more of them only wait there. */
const AT_ONCE = 40;

/** Lists may be a moment late; who asks for one workflow is told how it stands now. */
export interface RolloutsInFlight {
  listed(scope: Scope): Promise<readonly InFlight[]>;
  described(services: readonly string[]): Promise<readonly InFlight[]>;
}

/** @param idPrefix of the environment, where several share a namespace */
export function rolloutsInFlight(idPrefix: string): RolloutsInFlight {
  const { workflow } = getClient();
  const few = limitConcurrency(AT_ONCE);
  const described = async (service: string): Promise<InFlight | null> => {
    try {
      return readInFlight(await workflow.getHandle(workflowIdOf(service, idPrefix)).describe(), service);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  };
  return {
    async listed(scope) {
      const found: InFlight[] = [];
      const of = workflowIdOf('', idPrefix);
      const query = `WorkflowId STARTS_WITH ${visibilityValue(of)} AND ExecutionStatus = 'Running'`;
      for await (const execution of workflow.list({ query, pageSize: PAGE })) {
        const service = execution.workflowId.slice(of.length);
        const isRollout = execution.workflowId.startsWith(of) && problemsOfService(service).length === 0;
        const rollout = isRollout && covers(scope, service) ? readInFlight(execution, service) : null;
        if (rollout !== null) found.push(rollout);
      }
      return found;
    },
    async described(services) {
      const found = await Promise.all(services.map((service) => few(() => described(service))));
      return found.filter((one) => one !== null);
    },
  };
}

/** The names of a scope that stand for one service each. */
export function namesIn(scope: Scope): readonly string[] {
  return scope.filter((name) => !isPattern(name) && problemsOfService(name).length === 0);
}

/** Tells each of them to go back, before anything else. One that has ended meanwhile needs no telling. */
export async function tellToStop(
  rollouts: readonly InFlight[],
  command: { readonly reason: string; readonly by: string; readonly commandId: string },
): Promise<void> {
  const { workflow } = getClient();
  const few = limitConcurrency(AT_ONCE);
  await Promise.all(
    rollouts.map(({ id, workflowId }) =>
      few(async () => {
        try {
          await workflow.getHandle(workflowId).signal('emergencyStop', { ...command, rolloutId: id });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    ),
  );
}

interface Execution extends Pick<Described, 'typedSearchAttributes'> {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: { readonly name: string };
  readonly startTime: Date;
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly raw: object;
}

function readInFlight(execution: Execution, service: string): InFlight | null {
  const { workflowId, runId, status, startTime, memo = {}, raw, typedSearchAttributes } = execution;
  if (status.name !== 'RUNNING' || hasEnded(typedSearchAttributes)) return null;
  const start = memo[START_MEMO];
  const undo = isObject(start) ? start.undo : undefined;
  const firstRunId = firstRunOf(raw) ?? runId;
  return {
    id: formatRolloutId(service, firstRunId),
    service,
    workflowId,
    baseline: readSlotVersion(memo[BASELINE_MEMO])?.slot ?? null,
    isUndoAtOnce: isObject(undo) && undo.now === true,
    // One that has continued as new began with its first run.
    startedAtMs: firstRunId === runId ? startTime.getTime() : 0,
  };
}

/** One that has ended, and still writes its record, moves nothing more. */
function hasEnded(attributes: Described['typedSearchAttributes']): boolean {
  const phase = attributes.getAll().find(({ key }) => key.name === 'HeadgatePhase')?.value;
  return OUTCOMES.some((outcome) => outcome === phase);
}

/** A list and a description keep it in different places. */
function firstRunOf(raw: object): string | null {
  const info = 'workflowExecutionInfo' in raw && isObject(raw.workflowExecutionInfo) ? raw.workflowExecutionInfo : raw;
  return 'firstRunId' in info && typeof info.firstRunId === 'string' && info.firstRunId !== '' ? info.firstRunId : null;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}
