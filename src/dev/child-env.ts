/**
 * What the programs of a development environment see of Temporal: this server and nothing else.
 *
 * Whoever works with a real cluster has its address, key and certificates in the environment or in Temporal's own
 * configuration file. A development worker must never reach it.
 */
export function childEnv(
  env: NodeJS.ProcessEnv,
  temporal: { readonly address: string; readonly namespace: string },
  emptyTemporalConfigFile: string,
): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(others),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: emptyTemporalConfigFile,
  };
}
