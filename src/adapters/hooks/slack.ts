import type { HookPayload } from '../../domain/hooks/payload.js';
import type { Hook } from '../../ports/hooks.js';
import type { ReadSecret } from '../http/access.js';
import { createBlanker } from './blank.js';
import { createPoster, type PostOptions } from './post.js';
import { obstacleFrom, resolved, secretsOfUrl, urlFrom } from './webhook.js';

export interface SlackOptions extends PostOptions {
  /** A reference to the URL of an incoming webhook: whoever has it can write there. */
  readonly url: string;
  readonly deadlineMs: number;
}

/** So many stops are remembered. */
const MOST_STOPS = 100;

/**
 * A chat that takes what Slack takes: Slack, Mattermost, Rocket.Chat. It is told, and cannot answer. A command that stops
 * hundreds of rollouts is told once.
 */
export function createSlackHook(options: SlackOptions, readSecret: ReadSecret): Hook {
  const post = createPoster(options);
  const told = new Set<string>();
  const remember = (stop: string): void => {
    told.add(stop);
    for (const oldest of told) if (told.size > MOST_STOPS) told.delete(oldest);
  };
  return {
    deadlineMs: options.deadlineMs,
    async run(moment, payload, { signal }) {
      const { stoppedBy } = payload.data;
      const stop = stoppedBy === undefined ? null : `${moment}/${stoppedBy}`;
      if (stop !== null && told.has(stop)) return { answer: 'yes' };
      const { url, blank } = resolved(() => {
        const address = urlFrom(options.url, readSecret);
        return { url: address, blank: createBlanker(secretsOfUrl(address, options.url)) };
      });
      const body = JSON.stringify({ text: slackText(payload) });
      // Those that come meanwhile must not all be told; one that cannot be told leaves it to the next.
      if (stop !== null) remember(stop);
      try {
        await post({ url, body, headers: {}, signal, reads: false, blank });
      } catch (error) {
        if (stop !== null) told.delete(stop);
        throw error;
      }
      return { answer: 'yes' };
    },
    findObstacle() {
      try {
        urlFrom(options.url, readSecret);
        return Promise.resolve(null);
      } catch (error) {
        return Promise.resolve(obstacleFrom(error));
      }
    },
  };
}

/** What, where, why, the commands to type and the link. */
function slackText({ data }: HookPayload): string {
  const { what, where, why, commands, link, rolloutId } = data;
  return [
    `*${escaped(what)}*`,
    escaped(why),
    escaped(where),
    ...(data.stoppedBy === undefined ? [] : ['What this command stops besides is not told one by one.']),
    ...commands.map((command) => `\`${escaped(command)}\``),
    link === undefined ? escaped(rolloutId) : `<${link}|${escaped(rolloutId)}>`,
  ].join('\n');
}

/** Nothing in a text can mention everybody, or look like a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', "'");
}
