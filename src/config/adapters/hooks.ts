import { resolve } from 'node:path';
import { z } from 'zod';
import { human, map } from '../../spec/reading/schema.js';
import { isSecretRef, type SecretRef } from '../../spec/secret.js';
import { refuse, type Read } from '../../spec/units/read.js';
import { duration, secretRef } from '../fields.js';

/** A URL that is asked and told, signed as Standard Webhooks says. */
export interface WebhookConfig {
  readonly type: 'webhook';
  /** A URL, or a reference to one. */
  readonly url: string;
  /** The first is the newest. */
  readonly secrets: readonly SecretRef[];
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly allowAddresses: readonly string[];
}

/** A program that is asked and told. */
export interface CommandHookConfig {
  readonly type: 'command';
  readonly argv: readonly string[];
  /** Names of variables of the worker that it sees. */
  readonly env: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
}

/** A chat that is told. */
export interface SlackConfig {
  readonly type: 'slack';
  readonly url: SecretRef;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly allowAddresses: readonly string[];
}

export type HookConfig = WebhookConfig | CommandHookConfig | SlackConfig;

/** One attempt of a request; a command has more to do. */
const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
const DEFAULT_COMMAND_TIMEOUT_MS = 300_000;

/** All attempts of one question or notice. */
const DEFAULT_DEADLINE_MS = 900_000;

const times = {
  timeout: duration('How long one attempt may take. Default 10s, of a command 5m.', '10s').optional(),
  deadline: duration('How long a question or notice is tried in all. Default 15m.', '15m').optional(),
};

const allowAddresses = z
  .array(z.string())
  .optional()
  .describe("Addresses of a machine's own metadata that it may go to all the same. Default: none.");

const secretRefs = human(
  (given: unknown): Read<readonly SecretRef[]> => {
    const refs: readonly unknown[] = Array.isArray(given) ? given : [given];
    return refs.length > 0 && refs.every(isSecretRef)
      ? { value: refs }
      : refuse('secrets.inline', 'A secret is given by reference only', 'env:NAME or file:PATH, or a list of them');
  },
  {
    description: 'Signs what is sent, by reference; a list while one replaces another.',
    type: ['string', 'array'],
    examples: ['env:HOOK_SECRET'],
  },
);

/** A URL keeps its every character: another one would be another place. */
const hookUrl = human(
  (given: unknown): Read<string> =>
    typeof given === 'string' &&
    (isSecretRef(given) || (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)))
      ? { value: given }
      : refuse(
          'url',
          'This is not the URL of a hook',
          'https://host/path, or a reference to it: env:NAME or file:PATH',
        ),
  {
    description: 'Where it is sent; by reference where the URL itself is a secret.',
    type: 'string',
    examples: ['https://ci.example.com/headgate'],
  },
);

const webhook = map({
  type: z.literal('webhook').describe('A URL, signed by the Standard Webhooks scheme.'),
  url: hookUrl,
  secret: secretRefs.optional(),
  allowAddresses,
  ...times,
});

const program = z.string().min(1).max(1000);

const command = map({
  type: z.literal('command').describe('A program; no shell is between.'),
  argv: z
    .array(program)
    .min(1)
    .superRefine(([name = ''], context) => {
      if (name.startsWith('-'))
        context.addIssue({
          code: 'custom',
          path: [0],
          message: 'This is an option, not a program',
          params: { rule: 'hooks.argv', expected: 'the program first, then its arguments' },
        });
    })
    .describe('The program and its arguments.'),
  env: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/))
    .optional()
    .describe('Names of variables of the worker that it sees. Default: none but PATH.'),
  cwd: z.string().min(1).optional().describe('Where it runs. Relative to this file. Default: beside this file.'),
  ...times,
});

const slack = map({
  type: z.literal('slack').describe('A chat that takes what Slack takes; it is told, and cannot answer.'),
  url: secretRef('The URL of an incoming webhook. It is a secret.', 'env:SLACK_URL'),
  allowAddresses,
  ...times,
});

export const hookSchema = z.discriminatedUnion('type', [webhook, command, slack]);

export type WrittenHook = z.output<typeof hookSchema>;

export function buildHook(written: WrittenHook, folder: string): HookConfig {
  const deadlineMs = written.deadline ?? DEFAULT_DEADLINE_MS;
  switch (written.type) {
    case 'webhook':
      return {
        type: written.type,
        url: written.url,
        secrets: written.secret ?? [],
        timeoutMs: written.timeout ?? DEFAULT_REQUEST_TIMEOUT_MS,
        deadlineMs,
        allowAddresses: written.allowAddresses ?? [],
      };
    case 'command':
      return {
        type: written.type,
        argv: written.argv,
        env: written.env ?? [],
        cwd: resolve(folder, written.cwd ?? '.'),
        timeoutMs: written.timeout ?? DEFAULT_COMMAND_TIMEOUT_MS,
        deadlineMs,
      };
    case 'slack':
      return {
        type: written.type,
        url: written.url,
        timeoutMs: written.timeout ?? DEFAULT_REQUEST_TIMEOUT_MS,
        deadlineMs,
        allowAddresses: written.allowAddresses ?? [],
      };
  }
}
