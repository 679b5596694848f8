import { jsonSchemaOf } from '../spec/json-schema.js';
import { configFileSchema } from './file-schema.js';

/** The JSON Schema of `headgate.yaml`, so that editors complete and check while somebody writes. */
export function configJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(configFileSchema, 'The configuration of Headgate');
}
