/** Which services a stop is about: their names, in which `*` stands for any characters. */
export type Scope = readonly string[];

export const EVERYTHING: Scope = ['*'];

/** So many names fit into a memo of the server beside all that it holds. */
export const MOST_NAMES = 500;

export function covers(scope: Scope, service: string): boolean {
  return scope.some((name) => matches(name, service));
}

/** The names of the scope that stand for none of these services. */
export function withoutMatch(scope: Scope, services: readonly string[]): readonly string[] {
  return scope.filter((name) => !services.some((service) => matches(name, service)));
}

/** Whether both were typed for the same: the order of names says nothing. */
export function isSameScope(a: Scope, b: Scope): boolean {
  const [first, second] = [a, b].map((scope) => [...new Set(scope)].sort());
  return JSON.stringify(first) === JSON.stringify(second);
}

/** Whether a name stands for whatever fits, and not for one service. */
export function isPattern(name: string): boolean {
  return name.includes('*');
}

export function scopeWords(scope: Scope): string {
  return covers(scope, '') ? 'every service' : scope.join(', ');
}

/** Parts in their order; no regular expression, because a scope is typed by people, and must not hang. */
function matches(name: string, service: string): boolean {
  const [head = '', ...rest] = name.split('*');
  const tail = rest.pop();
  if (tail === undefined) return name === service;
  if (service.length < head.length + tail.length || !service.startsWith(head) || !service.endsWith(tail)) return false;
  let at = head.length;
  const end = service.length - tail.length;
  for (const part of rest) {
    const found = service.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
