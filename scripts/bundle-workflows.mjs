// The workflows as one file, so that a worker need not bundle them when it starts: that takes seconds and memory.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleOptions } from '../dist/worker/workflow-bundle.js';
import { ROOT } from './steps/root.mjs';

const { code } = await bundleWorkflowCode({ ...bundleOptions(), logger: new DefaultLogger('WARN') });
const target = join(ROOT, 'dist/workflow-bundle.js');
// In one step: a worker that starts now reads the old one or the new one.
writeFileSync(`${target}.${process.pid}`, code);
renameSync(`${target}.${process.pid}`, target);
