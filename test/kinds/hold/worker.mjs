import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../../dist/worker/workflow-bundle.js';

/** A worker that knows this kind alone, in a process of its own: it can be killed with -9. */
const [, , address = '', taskQueue = ''] = process.argv;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: await workflowBundle(fileURLToPath(new URL('workflow.ts', import.meta.url))),
  activities: { record: () => Promise.resolve() },
});
process.stdout.write('ready\n');
await worker.run();
