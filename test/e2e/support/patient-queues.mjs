// Imported before the program: what its worker leaves behind waits until somebody takes it over. After the usual 10 s
// Temporal would take it away itself, and on a busy machine nobody could tell who was first.
import { Worker } from '@temporalio/worker';

const create = Worker.create.bind(Worker);
Worker.create = (options) => create({ ...options, stickyQueueScheduleToStartTimeout: '10 minutes' });
