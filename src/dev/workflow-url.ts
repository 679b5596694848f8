import { parseRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';

/** Where a rollout's workflow can be looked at in the Temporal UI. */
export function workflowUrl(
  { uiUrl, namespace }: { readonly uiUrl: string; readonly namespace: string },
  rolloutId: string,
): string {
  const { service, runId } = parseRolloutId(rolloutId);
  const workflow = `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowIdOf(service))}`;
  return runId === undefined ? workflow : `${workflow}/${runId}/history`;
}
