/**
 * Whether the baseline fails at each of the endpoints at which the candidate failed: then it is not the candidate's fault.
 *
 * What the baseline answers elsewhere says nothing: a process is alive also while the database that both need is away.
 */
export async function failsAtEach(
  candidateFailedAt: readonly string[],
  baselineFailsAt: (endpoint: string) => Promise<boolean>,
): Promise<boolean> {
  const fails = await Promise.all(candidateFailedAt.map(baselineFailsAt));
  return fails.length > 0 && fails.every(Boolean);
}
