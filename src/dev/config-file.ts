import { stringify } from 'yaml';

/** A service of a development environment, its two slots on this machine. */
export interface DevService {
  readonly name: string;
  /** Base URL of each slot. */
  readonly backends: Readonly<Record<string, string>>;
  /** Where a slot says which version it runs. */
  readonly version?: { readonly path: string; readonly field: string };
}

export interface DevConfig {
  /** What stands under `routers` and under `metrics`, by the same name. */
  readonly name: string;
  readonly router: object;
  readonly metrics: object;
  readonly journalDirectory: string;
  readonly observationsDirectory: string;
  readonly services: readonly DevService[];
}

/** The `headgate.yaml` of an environment that has none of its own. */
export function devConfigFile(config: DevConfig): string {
  const { name: plane, router, metrics, journalDirectory, observationsDirectory, services } = config;
  const file = {
    routers: { [plane]: router },
    metrics: { [plane]: metrics },
    journal: { kind: 'file', path: journalDirectory },
    observations: { kind: 'file', path: observationsDirectory },
    services: Object.fromEntries(
      services.map(({ name, backends, version }) => [
        name,
        {
          router: plane,
          metrics: plane,
          backends: Object.fromEntries(Object.entries(backends).map(([slot, url]) => [slot, { url }])),
          ...(version === undefined ? {} : { health: { version } }),
        },
      ]),
    ),
  };
  // Written out twice, a person can change one of them.
  return stringify(file, { aliasDuplicateObjects: false });
}
