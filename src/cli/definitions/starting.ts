import type { Command } from 'commander';
import type { Declare } from './declaring.js';

/** From a file to a rollout. */
export function defineStarting(program: Command, declare: Declare): void {
  program.commandsGroup('Start:');
}
