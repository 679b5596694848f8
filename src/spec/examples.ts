import type { Flaw } from './reading/flaw.js';

const EXAMPLES: Readonly<Record<string, string>> = {
  stages: '{ traffic: 5%, duration: 10m }',
  checks: '{ metric: errorRate, max: 1% }',
};

/** Who has written something else where a list stands, or one of its entries, sees how one is written. */
export function withExample(flaw: Flaw): Flaw {
  const [key, index, ...below] = flaw.path;
  const example = typeof key === 'string' && Object.hasOwn(EXAMPLES, key) ? EXAMPLES[key] : undefined;
  if (flaw.rule !== 'type' || flaw.remedy !== undefined || example === undefined || below.length > 0) return flaw;
  return { ...flaw, remedy: index === undefined ? `Write [${example}, …]` : `Write ${example}` };
}
