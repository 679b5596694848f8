#!/usr/bin/env node
import { EXIT_CODES } from './exit-codes.js';
import { run } from './run.js';
import { surroundingsOfProcess } from './surroundings.js';

const { surroundings, release } = surroundingsOfProcess(() => process.exit(EXIT_CODES.interrupted.code));
const code = await run(process.argv.slice(2), surroundings);
await release();
process.exit(code);
