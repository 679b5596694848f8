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

/** A chat that takes what Slack takes: Slack, Mattermost, Rocket.Chat. It is told, and cannot answer. */
export function createSlackHook(options: SlackOptions, readSecret: ReadSecret): Hook {
  const post = createPoster(options);
  return {
    deadlineMs: options.deadlineMs,
    async run(_, payload, { signal }) {
      const { url, blank } = resolved(() => {
        const address = urlFrom(options.url, readSecret);
        return { url: address, blank: createBlanker(secretsOfUrl(address, options.url)) };
      });
      const body = JSON.stringify({ text: slackText(payload) });
      await post({ url, body, headers: {}, signal, reads: false, blank });
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
    ...commands.map((command) => `\`${escaped(command)}\``),
    link === undefined ? escaped(rolloutId) : `<${link}|${escaped(rolloutId)}>`,
  ].join('\n');
}

/** Nothing in a text can mention everybody, or look like a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', "'");
}
