import type { Problem } from '../errors.js';
import { quoted } from '../reading/problems.js';

/** Service names end up in workflow ids, file names and metric labels. */
const SERVICE_NAME = /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/i;

/** What is wrong with the name of a service. */
export function problemsOfService(service: string): Problem[] {
  if (SERVICE_NAME.test(service)) return [];
  return [
    {
      rule: 'service.name',
      path: 'service',
      message: 'This cannot be the name of a service',
      expected: 'letters, digits, "-", "_" and ".", at most 100',
      got: quoted(service),
    },
  ];
}
