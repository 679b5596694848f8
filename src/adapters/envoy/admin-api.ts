import { createJsonClient, type JsonClient } from '../http/json-client.js';

/** The admin API of one Envoy. */
export interface EnvoyAdmin {
  /** As it was configured. */
  readonly instance: string;
  /** @throws EnvoyRefusal, or the transport's error. */
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>;
}

/** An Envoy that answered, but not with what was asked for; or something else that stands in its place. */
export class EnvoyRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EnvoyRefusal';
  }
}

export function createEnvoyAdmin(instance: string, timeoutMs: number): EnvoyAdmin {
  const ask: JsonClient = createJsonClient(timeoutMs);
  const base = instance.replace(/\/+$/, '');
  return {
    instance,
    async get(path, query) {
      const { status, body } = await ask({ url: `${base}${path}?${new URLSearchParams(query).toString()}` });
      if (status !== 200) throw new EnvoyRefusal(`answered ${String(status)}: ${shorten(body)}`);
      return body;
    },
  };
}

export function notAnEnvoy(body: unknown): EnvoyRefusal {
  return new EnvoyRefusal(`answered something that an Envoy would not: ${shorten(body)}`);
}

function shorten(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
