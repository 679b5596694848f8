/** The `temporal` program. */
export function findTemporal(): Promise<string> {
  const path = process.env.TEMPORAL_CLI_PATH;
  if (path !== undefined) return Promise.resolve(path);
  return Promise.reject(new Error('set TEMPORAL_CLI_PATH to the temporal program, or run npm run setup'));
}
