import { parseDocument, type Document } from 'yaml';
import type { AdapterUnavailableError } from '../../../domain/errors.js';
import { envoyFailure } from './failure.js';
import { isDiscoveryResponse } from './route-nodes.js';

/** The nodes of an RDS file. @throws AdapterUnavailableError when Envoy would not read it as one. */
export function documentOf(path: string, text: string): Document.Parsed {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw malformed(path, error.message.split('\n')[0] ?? error.message);
  if (path.endsWith('.json')) refuseLooseJson(path, text);
  if (!isDiscoveryResponse(document)) throw malformed(path, 'there is no list of resources in it');
  return document;
}

/** What is good YAML is not always the JSON that Envoy expects in a file of that name. */
function refuseLooseJson(path: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw malformed(path, error instanceof Error ? error.message : String(error));
  }
}

function malformed(path: string, got: string): AdapterUnavailableError {
  return envoyFailure(`${path} is no RDS file; it is left as it is`, {
    expected: 'a discovery response with resources, as Envoy reads it',
    got,
    remedy: 'Correct it by hand, or bring back an older one; docs/envoy.md shows how it should look.',
  });
}
