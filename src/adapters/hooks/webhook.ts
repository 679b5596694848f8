import { Webhook } from 'standardwebhooks';
import { HeadgateError } from '../../domain/errors.js';
import { readAnswer } from '../../domain/hooks/answer.js';
import { PURPOSE_OF } from '../../domain/hooks/moments.js';
import { HookUnansweredError, type Hook, type HookObstacle } from '../../ports/hooks.js';
import type { ReadSecret } from '../http/access.js';
import { createBlanker } from './blank.js';
import { createPoster, type PostOptions } from './post.js';

export interface WebhookOptions extends PostOptions {
  /** A URL, or a reference to one. */
  readonly url: string;
  /** References to the secrets that it is signed with, as Standard Webhooks writes them; several while one replaces another. */
  readonly secrets: readonly string[];
  readonly deadlineMs: number;
}

/** A URL that is asked and told, signed as Standard Webhooks 1.0 says. */
export function createWebhook(options: WebhookOptions, readSecret: ReadSecret): Hook {
  const post = createPoster(options);
  const url = (): string => urlFrom(options.url, readSecret);
  return {
    deadlineMs: options.deadlineMs,
    async run(moment, payload, { attempt, idempotencyKey, signal }) {
      const { address, signers, blank } = resolved(() => ({
        address: url(),
        signers: options.secrets.map((ref) => signerOf(readSecret(ref))),
        blank: blankerOf(options, readSecret),
      }));
      const id = messageId(idempotencyKey);
      const body = JSON.stringify(payload);
      const sentAt = new Date();
      const needsAnswer = PURPOSE_OF[moment] === 'gate';
      const text = await post({
        url: address,
        body,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          ...(signers.length === 0
            ? {}
            : { 'webhook-signature': signers.map((signer) => signer.sign(id, sentAt, body)).join(' ') }),
          'headgate-attempt': String(attempt),
        },
        signal,
        reads: needsAnswer,
        blank,
      });
      return needsAnswer ? explicit(text, blank) : { answer: 'yes' };
    },
    findObstacle: () => Promise.resolve(obstacleOf(options, readSecret)),
  };
}

function explicit(text: string, blank: (text: string) => string) {
  const answer = readAnswer(parsed(blank(text)));
  if (answer !== null) return answer;
  throw new HookUnansweredError('what it answered is no answer', {
    expected: '{ "answer": "yes" }, "no" or "notYet", as JSON with a status of 200 to 299',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A full stop parts what is signed, so an id must not have one. */
function messageId(idempotencyKey: string): string {
  return idempotencyKey.replaceAll('.', '%2E');
}

/** @throws HeadgateError when it is no secret of Standard Webhooks */
function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new HeadgateError('SECRET_UNAVAILABLE', 'the secret of the webhook cannot sign', {
      expected: 'whsec_ and 24 to 64 random bytes in base64',
      remedy: 'Make one: echo "whsec_$(openssl rand -base64 32)"',
    });
  }
}

/** A URL may stand there by reference, because it is a secret itself. */
export function urlFrom(url: string, readSecret: ReadSecret): string {
  const address = /^(env|file):/.test(url) ? readSecret(url) : url;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new HeadgateError('SECRET_UNAVAILABLE', `what ${url} names is no URL of a server`, {
    expected: 'https://host/path',
    remedy: 'Correct what the reference names',
  });
}

/** @throws HookUnansweredError when a secret that is named cannot be had: it may come */
export function resolved<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new HookUnansweredError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function blankerOf({ url, secrets }: WebhookOptions, readSecret: ReadSecret): (text: string) => string {
  return createBlanker([...secrets.map(readSecret), ...secretsOfUrl(urlFrom(url, readSecret), url)]);
}

/** Of a URL that stands there by reference everything but the host is secret. */
export function secretsOfUrl(address: string, written: string): string[] {
  const { pathname, search, password } = new URL(address);
  const ofUser = password === '' ? [] : [password];
  if (address === written) return [...ofUser, ...(search === '' ? [] : [search.slice(1)])];
  const parts = pathname.split('/').filter((part) => part.length >= LEAST_SECRET_PART);
  return [address, ...ofUser, `${pathname}${search}`, ...(search === '' ? [] : [search.slice(1)]), ...parts].filter(
    (part) => part !== '/',
  );
}

/** Parts of a path that are shorter are words. */
const LEAST_SECRET_PART = 8;

function obstacleOf({ url, secrets }: WebhookOptions, readSecret: ReadSecret): HookObstacle | null {
  try {
    urlFrom(url, readSecret);
    for (const ref of secrets) signerOf(readSecret(ref));
    return null;
  } catch (error) {
    return obstacleFrom(error);
  }
}

export function obstacleFrom(error: unknown): HookObstacle {
  if (!(error instanceof HeadgateError)) throw error;
  const { message, expected = 'a secret that can be read', remedy = 'Correct the reference' } = error;
  return { message, expected, remedy };
}
