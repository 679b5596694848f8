import { PURPOSE_OF, type Moment } from '../domain/hooks/moments.js';
import type { HooksOfService } from '../domain/hooks/state.js';
import type { Flaw } from '../spec/reading/flaw.js';
import { suggestion } from '../spec/reading/similar.js';
import type { HookConfig } from './adapters/hooks.js';
import type { ConfigFile } from './file-schema.js';

type WrittenHooks = NonNullable<NonNullable<ConfigFile['services']>[string]['hooks']>;

/** What services may name. */
export interface KnownHooks {
  /** Also those that are wrong in themselves. */
  readonly names: readonly string[];
  readonly hooks: Readonly<Record<string, HookConfig>>;
}

/** The hooks of a service, by moment. */
export function buildServiceHooks(written: WrittenHooks): HooksOfService {
  return Object.fromEntries(Object.entries(written).filter(([, names]) => names !== undefined));
}

/** Names that nothing has, and chats that are asked a question. */
export function flawsOfServiceHooks(hooks: HooksOfService, known: KnownHooks, path: readonly string[]): Flaw[] {
  return (Object.entries(hooks) as [Moment, readonly string[]][]).flatMap(([moment, names]) =>
    names.flatMap((name) => flawsOf(name, moment, known, [...path, moment])),
  );
}

function flawsOf(name: string, moment: Moment, { names, hooks }: KnownHooks, path: readonly string[]): Flaw[] {
  if (!names.includes(name))
    return [
      {
        rule: 'services.hooks',
        path,
        message: 'There is no such name under hooks',
        expected: names.length === 0 ? 'a name under hooks, which is empty' : names.join(' or '),
        got: JSON.stringify(name),
        remedy: names.length === 0 ? 'Configure one under hooks' : suggestion(name, names),
      },
    ];
  if (hooks[name]?.type !== 'slack' || PURPOSE_OF[moment] === 'notice') return [];
  return [
    {
      rule: 'services.hooks.chat',
      path,
      message: 'A chat is told, and cannot answer',
      expected: 'a hook of type webhook or command',
      got: `${JSON.stringify(name)}, of type slack`,
      remedy: 'Tell it at needsHuman or completed',
    },
  ];
}

/** What is odd about them, but no reason to stop. */
export function warningsOfHooks(
  hooks: Readonly<Record<string, HookConfig>>,
  services: Readonly<Record<string, { readonly hooks?: HooksOfService }>>,
): string[] {
  const used = new Set(Object.values(services).flatMap((service) => Object.values(service.hooks ?? {}).flat()));
  return Object.entries(hooks).flatMap(([name, hook]) => [
    ...(used.has(name) ? [] : [`hooks.${name}: no service names it`]),
    ...(hook.type === 'webhook' && hook.secrets.length === 0
      ? [`hooks.${name}: what is sent is not signed, so anybody could have sent it: give it a secret`]
      : []),
  ]);
}
