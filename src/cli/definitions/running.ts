import type { Command } from 'commander';
import type { Declare } from './declaring.js';

/** What runs rollouts, and what looks after it. */
export function defineRunning(program: Command, declare: Declare): void {
  program.commandsGroup('Run:');
}
