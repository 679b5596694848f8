import type { WorkflowExecutionInfo } from '@temporalio/client';

/** The search attributes of a workflow, by name. */
export function attributesOf({
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}
