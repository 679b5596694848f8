import type { LineStatus } from '../../../src/domain/stop-the-line/status.js';
import { DeploymentManager } from '../../../src/client/deployment-manager.js';
import { eventually } from '../../contract/support/eventually.js';
import { longPlan, type World } from './world.js';

/** What stops and releases the line in a world, and looks at it past the client. */
export interface Line {
  readonly rollouts: DeploymentManager;
  readonly workflowId: string;
  /** Until the workflow tells what is wanted. */
  status(what: string, holds: (status: LineStatus) => boolean): Promise<LineStatus>;
  fenceOf(service: string): Promise<number>;
  /** Starts a rollout, and waits until it has users. */
  baked(service: string): Promise<string>;
  /** Ends every stop. */
  release(): Promise<void>;
}

/** A worker that is frozen holds tasks, 10 s each, before others are given them. */
const PATIENCE_MS = 150_000;

const MOST_STOPS = 10;

export function lineIn(world: World): Line {
  const workflowId = `${world.taskQueue}/stop-the-line`;
  const rollouts = new DeploymentManager({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/`,
  });
  return {
    rollouts,
    workflowId,
    status: (what, holds) =>
      eventually(
        what,
        async () => {
          const { status } = await rollouts.getLine();
          return status !== null && holds(status) ? status : undefined;
        },
        PATIENCE_MS,
      ),
    async fenceOf(service) {
      const [read] = await world.plane.direct.readWeights({ service, targets: { blue: 'blue', green: 'green' } });
      if (read === undefined || !('fence' in read)) throw new Error('the data plane does not answer');
      return read.fence;
    },
    async baked(service) {
      const { id } = await world.deployment.start(longPlan({ service, name: service }));
      await world.status(id, `the stage of ${service} to bake`, ({ stageStartedAt }) => stageStartedAt !== null);
      return id;
    },
    async release() {
      for (let count = 0; count < MOST_STOPS; count += 1) {
        const { freeze } = await rollouts.getLine();
        const [first] = freeze;
        if (first === undefined) return;
        await rollouts.releaseTheLine({ stop: first.id, reason: 'the test goes on' });
      }
    },
  };
}
