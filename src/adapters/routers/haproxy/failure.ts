import { describeFailure } from '../../http/json-client.js';
import { HaproxyRefusal } from './refusal.js';

/** One line about why an instance does not do it, with what helps. */
export function describeRefusal(reason: unknown): string {
  if (!(reason instanceof HaproxyRefusal)) return describeTransport(reason);
  return `${reason.message}; expected ${reason.facts.expected}. ${reason.facts.remedy}`;
}

/** Who may not open the socket is told what to change, not only the system's word for it. */
function describeTransport(reason: unknown): string {
  const said = describeFailure(reason);
  return reason instanceof Error && 'code' in reason && reason.code === 'EACCES'
    ? `${said}. The worker needs the right to write to the socket: set mode, user or group of "stats socket"`
    : said;
}
