import { versionIn, type Reported } from '../domain/traffic/serving/versions.js';
import type { ServicePorts, VersionProbe } from '../ports/service.js';
import { probeUntilHealthy } from './patience.js';

const VERSION_TIMEOUT_MS = 3000;

/** Which version each backend says that it runs. One that does not answer is unknown: it is not another version. */
export async function reportedVersions(service: ServicePorts): Promise<Readonly<Record<string, Reported>>> {
  const slots = Object.keys(service.route.targets);
  const entries = await Promise.all(slots.map(async (slot) => [slot, await reportedBy(service, slot)] as const));
  return Object.fromEntries(entries);
}

async function reportedBy(service: ServicePorts, slot: string): Promise<Reported> {
  const { version, urls, service: name } = service;
  if (version === undefined) return { unknown: `health.version is not configured for ${name}`, unasked: true };
  const url = urls[slot];
  if (url === undefined) return { unknown: `${slot} has no url in headgate.yaml`, unasked: true };
  const twin = Object.keys(urls).find((other) => other !== slot && baseOf(urls[other]) === baseOf(url));
  if (twin !== undefined)
    return { unknown: `${slot} and ${twin} have one url, so nobody can tell which of them answers` };
  return asked(service, { backend: slot, url }, version);
}

function baseOf(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, '');
}

async function asked(
  { probe }: ServicePorts,
  target: { readonly backend: string; readonly url: string },
  { path, field }: VersionProbe,
): Promise<Reported> {
  const result = await probeUntilHealthy(probe, target, path, VERSION_TIMEOUT_MS);
  const at = `${target.url}${path}`;
  if (!result.healthy) return { unknown: `GET ${at} ${result.reason}` };
  const reported = versionIn(result.body, field);
  return 'unknown' in reported ? { unknown: `GET ${at}: ${reported.unknown}` } : { ...reported, at };
}
