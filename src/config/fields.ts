import type { z } from 'zod';
import { human } from '../spec/reading/schema.js';
import { readSecretRef, type SecretRef } from '../spec/secret.js';
import { readDuration } from '../spec/units/duration.js';
import { refuse, type Read } from '../spec/units/read.js';

/** A time with its unit, more than nothing. */
export function duration(description: string, example: string): z.ZodType<number> {
  const read = (given: unknown): Read<number> => {
    const result = readDuration(given);
    if ('refused' in result || Math.round(result.value) > 0) return result;
    return refuse('duration.positive', 'A duration must be longer than nothing', 'more than 0');
  };
  return human(read, { description, type: 'string', examples: [example] });
}

/** The base URL of a server. */
export function url(description: string, example = 'http://127.0.0.1:9901'): z.ZodType<string> {
  const read = (given: unknown): Read<string> =>
    typeof given === 'string' && isHttpUrl(given)
      ? { value: given.replace(/\/+$/, '') }
      : refuse('url', 'This is not the URL of a server', 'http://host:port or https://host:port');
  return human(read, { description, type: 'string', examples: [example] });
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** A secret, or a certificate, by reference. */
export function secretRef(description: string, example: SecretRef): z.ZodType<SecretRef> {
  return human(readSecretRef, { description, type: 'string', pattern: '^(env|file):', examples: [example] });
}
