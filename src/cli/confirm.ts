import type { Context } from './context.js';
import { NotConfirmedError } from './errors.js';

export interface Confirmation {
  /** What would be done, as a sentence. */
  readonly what: string;
  /** The command that says yes, for those who must type it. */
  readonly command: string;
  readonly yes: boolean;
  readonly reason: string | undefined;
}

/** Nothing is ever answered yes by default; where nobody can be asked, `-y` and `--reason` must have been given. */
export async function confirm(context: Context, { what, command, yes, reason }: Confirmation): Promise<void> {
  const isSomebodyThere = context.stdin.isTTY && context.stderr.isTTY;
  if (yes && (reason !== undefined || isSomebodyThere)) return;
  if (!isSomebodyThere) throw new NotConfirmedError(what, 'Without a terminal this needs -y and --reason', [command]);
  const answer = await context.stdin.question(`${what}. Type "yes" to go on: `);
  if (answer.trim() !== 'yes') throw new NotConfirmedError(what, 'Type yes when asked, or give -y', [command]);
}
