import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { RouteFile } from '../../src/adapters/routers/envoy/route-file.js';
import { loadConfig } from '../../src/config/load-config.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { BLOCKS, placeOf } from './support/documents.js';
import { kindOf } from './support/kinds.js';

const blocks = (kind: 'spec' | 'config' | 'rds') =>
  BLOCKS.filter((block) => kindOf(block) === kind).map((block) => [placeOf(block), block.text] as const);

/** What a fragment of a specification is put into. */
const AROUND = { apiVersion: 'headgate/v1', kind: 'Canary', service: 'checkout', version: '2.7.0' };

describe('specifications in the documentation are accepted', () => {
  test.each(blocks('spec'))('%s', (place, text) => {
    expect(parseSpecs(whole(text), { file: place, version: '2.7.0' }).length).toBeGreaterThan(0);
  });
});

describe('configurations in the documentation are accepted, without a warning', () => {
  test.each(blocks('config'))('%s', (_place, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-docs-'));
    try {
      writeFileSync(join(folder, 'headgate.yaml'), withPlanes(text));
      expect(loadConfig({ env: {}, cwd: folder }).warnings).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('files of routes in the documentation can be split', () => {
  test.each(blocks('rds'))('%s', (place, text) => {
    const weights = [
      { cluster: 'checkout-green', weight: 5000 },
      { cluster: 'checkout-blue', weight: 95_000 },
    ];
    expect(RouteFile.parse(place, text).with('checkout', weights, 8).whatItSays('checkout')).toMatchObject({ weights, fence: 8 });
  });
});

function whole(text: string): string {
  if (/^kind:/m.test(text)) return text;
  const [document] = parseAllDocuments(text);
  return stringify({ ...AROUND, ...(document?.toJS() as object) });
}

/** A service shown by itself uses the gateway. */
function withPlanes(text: string): string {
  const gateway = { gateway: { kind: 'gateway', instances: ['http://127.0.0.1:8081'] } };
  const shown = parseAllDocuments(text)[0]?.toJS() as Readonly<Record<string, unknown>>;
  const missing = ['routers', 'metrics'].filter((key) => !(key in shown)).map((key) => [key, gateway] as const);
  return 'services' in shown && missing.length > 0 ? `${text}\n${stringify(Object.fromEntries(missing))}` : text;
}
