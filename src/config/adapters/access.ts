import { z } from 'zod';
import { map } from '../../spec/reading/schema.js';
import { definedOnly } from '../../spec/defined-only.js';
import type { SecretRef } from '../../spec/secret.js';
import { secretRef } from '../fields.js';

/** Who asks, and whom it trusts. Everything secret is a reference, resolved in the worker when a request is made. */
export interface AccessConfig {
  readonly basic?: { readonly username: string; readonly password: SecretRef };
  readonly bearer?: SecretRef;
  readonly headers?: Readonly<Record<string, SecretRef>>;
  readonly tls?: {
    readonly ca?: SecretRef;
    readonly cert?: SecretRef;
    readonly key?: SecretRef;
    readonly serverName?: string;
    readonly insecureSkipVerify?: true;
  };
}

const HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

const auth = map({
  bearer: secretRef('A token.', 'env:PROMETHEUS_TOKEN').optional(),
  basic: map({
    username: z.string().min(1),
    password: secretRef('The password.', 'file:/run/secrets/prometheus'),
  }).optional(),
}).superRefine(({ basic, bearer }, context) => {
  if ((basic === undefined) !== (bearer === undefined)) return;
  context.addIssue({
    code: 'custom',
    message: 'A request has one Authorization',
    params: { rule: 'auth.one', expected: 'either bearer or basic' },
  });
});

const tls = map({
  ca: secretRef('Whom to trust, PEM. Default: whom the system trusts.', 'file:/etc/ssl/ca.pem').optional(),
  cert: secretRef('The certificate that the worker shows, PEM.', 'file:/etc/ssl/client.pem').optional(),
  key: secretRef('Its private key, PEM.', 'file:/etc/ssl/client.key').optional(),
  serverName: z.string().min(1).optional().describe('The name in the certificate. Default: the host of the URL.'),
  insecureSkipVerify: z
    .literal(true)
    .optional()
    .describe('Trusts whoever answers. For a try on one machine; a warning says so at every start.'),
}).superRefine(({ cert, key }, context) => {
  if ((cert === undefined) === (key === undefined)) return;
  context.addIssue({
    code: 'custom',
    path: [cert === undefined ? 'cert' : 'key'],
    message: 'A certificate and its private key belong together',
    params: { rule: 'tls.pair', expected: 'both cert and key, or neither' },
  });
});

/** The keys that every source over HTTP has. */
export const accessShape = {
  auth: auth.optional().describe('Who the worker is: secrets by reference only.'),
  headers: z
    .record(
      z.string().superRefine((name, context) => {
        if (!HEADER.test(name))
          context.addIssue({
            code: 'custom',
            message: 'This is not the name of a header',
            params: { rule: 'header', expected: 'a name such as X-Scope-OrgID' },
          });
      }),
      secretRef('The value of the header.', 'env:TENANT'),
    )
    .optional()
    .describe('More headers; their values by reference.'),
  tls: tls.optional().describe('Whom to trust, and as whom, where the URL is https.'),
} as const;

/** What was written with {@link accessShape}. */
export interface WrittenAccess {
  readonly auth?: z.output<typeof auth> | undefined;
  readonly headers?: Readonly<Record<string, SecretRef>> | undefined;
  readonly tls?: z.output<typeof tls> | undefined;
}

export function buildAccess({ auth: { basic, bearer } = {}, headers, tls: written }: WrittenAccess): AccessConfig {
  return definedOnly({ basic, bearer, headers, tls: written === undefined ? undefined : definedOnly(written) });
}

/** What is odd about it, but no reason to stop. */
export function warningsOfAccess(place: string, { tls: { insecureSkipVerify } = {} }: AccessConfig): string[] {
  return insecureSkipVerify === true
    ? [`${place}: tls.insecureSkipVerify trusts whoever answers: with tls.ca it would trust only whom you name`]
    : [];
}
