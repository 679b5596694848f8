import { blueGreen } from '../domain/blue-green/kind.js';
import { canary } from '../domain/canary/kind.js';
import { createKinds } from '../domain/rollout/kinds.js';

/** The kinds that Headgate comes with. */
export const KINDS = createKinds([canary, blueGreen]);
