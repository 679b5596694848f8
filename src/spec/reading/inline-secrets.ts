import { HIDDEN_SECRET, INLINE_SECRET, isInlineSecret, SECRET_REMEDY } from '../secret.js';
import type { Flaw } from './flaw.js';
import { isAtOrBelow, type Path } from './path.js';

/** Every secret that stands in a document itself. What is said of one never shows it. */
export function inlineSecrets(value: unknown, path: Path = []): Flaw[] {
  if (typeof value === 'object' && value !== null) {
    const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
      ? value.map((item: unknown, index) => [index, item] as const)
      : Object.entries(value);
    return entries.flatMap(([key, below]) => inlineSecrets(below, [...path, key]));
  }
  if (!isInlineSecret(String(path.at(-1) ?? ''), value)) return [];
  return [
    {
      rule: INLINE_SECRET,
      path,
      message: 'This looks like a secret; a file that people share is no place for one',
      expected: 'a reference: env:NAME or file:PATH',
      got: HIDDEN_SECRET,
      remedy: SECRET_REMEDY,
    },
  ];
}

/** `flaws` with the secrets among them, and without anything else about the same places. */
export function withSecretFlaws(flaws: readonly Flaw[], secrets: readonly Flaw[]): Flaw[] {
  const others = flaws.filter(({ path }) => !secrets.some((secret) => isAtOrBelow(path, secret.path)));
  return [...others, ...secrets];
}
