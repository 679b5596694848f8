// Imported before the program: what its worker leaves behind goes to all workers soon, however busy the machine is.
import { Worker } from '@temporalio/worker';

const create = Worker.create.bind(Worker);
Worker.create = (options) => create({ ...options, stickyQueueScheduleToStartTimeout: '2 seconds' });
