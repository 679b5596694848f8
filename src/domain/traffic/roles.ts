import { describeWeights, shareOf, type Roles, type Weights } from './weights.js';
import { sameWeights } from './weights.js';

/** Why roles cannot be told. */
export interface RolesProblem {
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

/**
 * The slot with all the traffic is the baseline, the other the candidate.
 *
 * `adopted` names the baseline when mixed weights are taken over on purpose.
 */
export function rolesFrom(
  slots: readonly string[],
  instances: readonly Weights[],
  adopted?: string,
): { readonly roles: Roles } | { readonly problem: RolesProblem } {
  const [first, second, ...more] = slots;
  if (first === undefined || second === undefined || more.length > 0) {
    return refuse(
      `it has ${String(slots.length)} backends`,
      'exactly two backends',
      'Name two backends for the service in headgate.yaml',
    );
  }
  const other = (slot: string) => (slot === first ? second : first);
  if (adopted !== undefined) {
    if (!slots.includes(adopted))
      return refuse(
        `there is no backend "${adopted}" to adopt`,
        `${first} or ${second}`,
        'Adopt one of the two backends',
      );
    return { roles: { baseline: adopted, candidate: other(adopted) } };
  }
  const [some, ...rest] = instances;
  if (some === undefined || rest.some((weights) => !sameWeights(weights, some))) {
    return refuse(
      `the instances of the data plane disagree: ${instances.map(describeWeights).join(' | ')}`,
      'all traffic on one backend, on every instance',
      `Say which backend is the baseline: --adopt ${first} or --adopt ${second}`,
    );
  }
  const serving = slots.find((slot) => shareOf(some, slot) === 100);
  if (serving !== undefined) return { roles: { baseline: serving, candidate: other(serving) } };
  return refuse(
    `traffic is split already: ${describeWeights(some)}`,
    'all traffic on one backend',
    `If nobody is at work on it, take it over: --adopt ${first} or --adopt ${second}`,
  );
}

function refuse(message: string, expected: string, remedy: string): { problem: RolesProblem } {
  return { problem: { message, expected, remedy } };
}
