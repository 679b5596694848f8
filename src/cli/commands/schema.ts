import type { Result } from '../result.js';

/** The JSON Schema of what people write: specifications, or headgate.yaml. Printed as it is, in every format. */
export async function schema(of: 'spec' | 'config'): Promise<Result> {
  const raw =
    of === 'spec'
      ? (await import('../../spec/json-schema.js')).canaryJsonSchema()
      : (await import('../../config/json-schema.js')).configJsonSchema();
  return { document: { raw }, text: () => [JSON.stringify(raw, null, 2)] };
}
