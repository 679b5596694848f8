import { blueGreen } from '../domain/blue-green/kind.js';
import { canary } from '../domain/canary/kind.js';
import type { CommandKind } from './kind.js';

/** The kinds that the command line comes with. */
export const COMMAND_KINDS: readonly CommandKind[] = [
  { rollout: canary, files: async () => (await import('./canary/canary-files.js')).canaryFiles },
  { rollout: blueGreen, files: async () => (await import('./blue-green/blue-green-files.js')).blueGreenFiles },
];
