import { VERB_DESCRIPTIONS, type Commands, type StageCommand } from '../stages/commands.js';

/** Switches traffic to an environment. */
export interface SwitchCommand extends StageCommand {
  /** The name of the environment. Absent: the one that is idle. */
  readonly to?: string;
  /** Whether it must be known to be healthy. @default true */
  readonly validateHealth?: boolean;
}

/** The verbs that people use, and what each carries. */
export interface BlueGreenCommands extends Commands {
  switch: SwitchCommand;
}

export type BlueGreenVerb = keyof BlueGreenCommands;

export const BLUE_GREEN_VERBS: Readonly<Record<BlueGreenVerb, string>> = {
  ...VERB_DESCRIPTIONS,
  switch: 'All traffic to an environment. {"to":"green","validateHealth":true,"reason":"…","by":"…"}',
  approve: 'Switch to the idle environment, if it is healthy. {"reason":"…","by":"…"}',
  promote: 'The same; after the switch: end the rollback window, if it was healthy. {"reason":"…","by":"…"}',
  finish: 'End the rollback window early: the environment stays. {"reason":"…","by":"…"}',
};
