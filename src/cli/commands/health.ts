import type { DeploymentHealth, CheckedEnvironment, HealthCheckConfig } from '../../client/deployment-monitor.js';
import { formatValue } from '../../domain/analysis/format.js';
import type { EndpointHealth } from '../../domain/health/health.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { table } from '../output/table.js';
import type { Result, TextView } from '../result.js';
import { targetOf } from './target.js';

/** How the environments of rollouts are just now. */
export async function health(context: Context, ids: readonly string[], config: HealthCheckConfig): Promise<Result> {
  const deploymentIds = ids.length > 0 ? ids : [await targetOf(context, undefined)];
  const monitor = await context.session.monitor();
  const items = Object.values(await monitor.checkHealth({ deploymentIds, config }));
  const areAllWell = items.every(({ environments }) =>
    Object.values(environments).every(({ isHealthy }) => isHealthy === true),
  );
  return {
    document: documentOf('Health', { items }),
    lines: items.map((item) => documentOf('DeploymentHealth', item)),
    text: (view) => items.flatMap((item) => healthLines(item, view)),
    exit: areAllWell ? 'reached' : 'needsHuman',
  };
}

function healthLines({ id, service, source, environments, trouble = [] }: DeploymentHealth, { paint }: TextView) {
  const how = source === 'watch' ? 'as the watch of the rollout sees it' : 'asked just now';
  const rows = Object.entries(environments).flatMap(([slot, environment]) => rowsOf(slot, environment, paint));
  return [
    `${paint.strong(service)}  ${how}  ${paint.faint(id)}`,
    ...table(rows).map((line) => `  ${line}`),
    ...trouble.map((sentence) => `  ${paint.attention(sentence)}`),
  ];
}

/** A line per endpoint, the first one with how the environment is as a whole. */
function rowsOf(
  slot: string,
  { health, isHealthy, endpoints }: CheckedEnvironment,
  paint: TextView['paint'],
): string[][] {
  const share = health === null ? 'unknown' : formatValue(health, 'fraction');
  const mark = isHealthy === null ? '?' : isHealthy ? paint.good('✔') : paint.bad('✖');
  const [first = ['', ''], ...others] = Object.entries(endpoints).map(([path, endpoint]) => [
    path,
    probeWords(endpoint),
  ]);
  return [[slot, `${mark} ${share}`, ...first], ...others.map((cells) => ['', '', ...cells])];
}

function probeWords({ success, probes, lastFailure }: EndpointHealth): string {
  if (success === null) return 'was not probed';
  const counted = `${String(Math.round(success * probes))} of ${String(probes)} probes succeeded`;
  return lastFailure === null ? counted : `${counted}; last failure: ${lastFailure}`;
}
