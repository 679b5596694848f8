import fc from 'fast-check';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { whyNotWritable, withEntry, writeEntry } from '../../../../src/adapters/routers/haproxy/map-file.js';

const TIMEOUT_MS = 2000;

const MAP = `# who gets what
  cart\tgreen/0/blue
checkout  green/5000/blue  
#checkout is above
checkout-eu green/1/blue
`;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'headgate-map-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function mapFile(text = MAP): string {
  const path = join(folder(), 'share.map');
  writeFileSync(path, text);
  return path;
}

test('one value changes: comments, other entries, order and spacing stay', () => {
  expect(withEntry(MAP, 'checkout', 'blue/1/green')).toBe(MAP.replace('green/5000/blue', 'blue/1/green'));
  expect(withEntry(MAP, 'cart', 'blue/1/green')).toBe(MAP.replace('green/0/blue', 'blue/1/green'));
});

test('what is no entry of its own is not found: a comment, another name, a key without a value', () => {
  expect(withEntry(MAP, 'check', 'x/1/y')).toBeNull();
  expect(withEntry(MAP, '#checkout', 'x/1/y')).toBe(MAP.replace('#checkout is above', '#checkout x/1/y'));
  expect(withEntry('checkout\n', 'checkout', 'x/1/y')).toBeNull();
  expect(withEntry('', 'checkout', 'x/1/y')).toBeNull();
});

test('whatever else a file holds, only the lines of the key differ afterwards', () => {
  const line = fc.oneof(
    fc.constantFrom('checkout a/1/b', ' checkout\ta/2/b ', '# checkout a/1/b', ''),
    fc.string({ maxLength: 30 }).filter((text) => !/[\r\n]/.test(text)),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const edited = withEntry(lines.join('\n'), 'checkout', 'v/0/w');
      const entries = lines.filter((one) => /^\s*checkout\s+\S/.test(one));
      expect(edited === null).toBe(entries.length === 0);
      if (edited === null) return;
      const after = edited.split('\n');
      expect(after).toHaveLength(lines.length);
      lines.forEach((one, index) => {
        if (entries.includes(one)) expect(after[index]?.trim().split(/\s+/)).toEqual(['checkout', 'v/0/w']);
        else expect(after[index]).toBe(one);
      });
    }),
  );
});

test('the file keeps its mode, and nothing is left beside it', async () => {
  const path = mapFile();
  chmodSync(path, 0o640);
  await writeEntry(path, 'checkout', 'blue/7/green', TIMEOUT_MS);
  expect(readFileSync(path, 'utf8')).toBe(MAP.replace('green/5000/blue', 'blue/7/green'));
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(path, '..'))).toEqual(['share.map']);
});

test('a link stays a link: the file that it leads to is written', async () => {
  const path = mapFile();
  const linked = join(folder(), 'linked.map');
  symlinkSync(path, linked);
  await writeEntry(linked, 'checkout', 'blue/7/green', TIMEOUT_MS);
  expect(readFileSync(path, 'utf8')).toContain('checkout  blue/7/green');
  expect(readdirSync(join(linked, '..'))).toEqual(['linked.map']);
});

test('a file without the key is not the file that HAProxy reads: it is left alone and named', async () => {
  const path = mapFile('# nothing yet\n');
  await expect(writeEntry(path, 'checkout', 'blue/7/green', TIMEOUT_MS)).rejects.toThrow(
    'share.map has no line for checkout: is it the file that this HAProxy reads?',
  );
  expect(readFileSync(path, 'utf8')).toBe('# nothing yet\n');
  expect(await whyNotWritable(path, 'checkout')).toMatch(/has no line for checkout/);
});

test('whether it could be written is known without writing', async () => {
  const path = mapFile();
  expect(await whyNotWritable(path, 'checkout')).toBeNull();
  expect(await whyNotWritable(`${path}.gone`, 'checkout')).toMatch(/ENOENT/);
  const isAFolder = join(folder(), 'share.map');
  mkdirSync(isAFolder);
  expect(await whyNotWritable(isAFolder, 'checkout')).toMatch(/EISDIR/);
  expect(readFileSync(path, 'utf8')).toBe(MAP);
});
