import fc from 'fast-check';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entryIn, lookAtFile, withEntry } from '../../../../src/adapters/routers/haproxy/map-file.js';
import { nextFence } from '../../../../src/domain/traffic/fence.js';

const SPLIT = { first: 'blue', parts: 1, rest: 'green' };

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

const whyNotWritable = async (path: string, key: string): Promise<string | null> =>
  (await lookAtFile(path, key)).whyNotWritable;

test('one value changes, and its fence stands under it: comments, other entries, order and spacing stay', () => {
  expect(withEntry(MAP, 'checkout', SPLIT, 41)).toBe(
    MAP.replace('checkout  green/5000/blue  \n', 'checkout  blue/1/green  \ncheckout~fence  41\n'),
  );
  expect(withEntry(MAP, 'cart', SPLIT, 41)).toBe(
    MAP.replace('  cart\tgreen/0/blue\n', '  cart\tblue/1/green\n  cart~fence\t41\n'),
  );
});

test('a fence that stands there already is changed where it stands', () => {
  const text = 'checkout~fence 41 \r\n# between\r\ncheckout green/0/blue\r\n';
  expect(withEntry(text, 'checkout', SPLIT, 49)).toBe('checkout~fence 49 \r\n# between\r\ncheckout blue/1/green\r\n');
  expect(withEntry('checkout green/0/blue\r\n', 'checkout', SPLIT, 41)).toBe(
    'checkout blue/1/green\r\ncheckout~fence 41\r\n',
  );
  expect(withEntry('checkout green/0/blue', 'checkout', SPLIT, 41)).toBe('checkout blue/1/green\ncheckout~fence 41');
});

test('what is no entry of its own is not found: a comment, another name, a key without a value', () => {
  for (const [text, key] of [
    [MAP, 'check'],
    ['checkout\n', 'checkout'],
    ['', 'checkout'],
  ] as const)
    expect(withEntry(text, key, SPLIT, 41)).toBeNull();
});

test('what is written is what is read, and whatever else a file holds stays as it is', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'checkout a/1/b',
      ' checkout\ta/2/b ',
      '# checkout a/1/b',
      'checkout~fence 33',
      'checkout~fence x',
      '',
    ),
    fc.string({ maxLength: 30 }).filter((text) => !/[\r\n]/.test(text)),
  );
  const isOurs = (text: string): boolean => /^\s*checkout(~fence)?\s+\S/.test(text);
  fc.assert(
    fc.property(fc.array(line), fc.nat({ max: 1e9 }), (lines, sequence) => {
      const fence = nextFence(sequence);
      const edited = withEntry(lines.join('\n'), 'checkout', SPLIT, fence);
      expect(edited === null).toBe(!lines.some((one) => /^\s*checkout\s+\S/.test(one)));
      if (edited === null) return;
      expect(entryIn(edited, 'checkout')).toEqual({ value: 'blue/1/green', split: SPLIT, fence, hasFence: true });
      const after = edited.split('\n');
      expect(after.filter((one) => !isOurs(one))).toEqual(lines.filter((one) => !isOurs(one)));
      expect(withEntry(edited, 'checkout', SPLIT, fence)).toBe(edited);
    }),
  );
});

test('a file without the key is not the file that HAProxy reads, and an entry of others is not ours', async () => {
  const path = mapFile('# nothing yet\nshop.example.com web\n');
  expect(await whyNotWritable(path, 'checkout')).toBe(
    `${path} has no line for checkout: is it the file that this HAProxy reads?`,
  );
  expect(await whyNotWritable(path, 'shop.example.com')).toBe(
    `the line for shop.example.com in ${path} is no split: "web"`,
  );
  expect(await whyNotWritable(mapFile('checkout web\ncheckout~fence 41\n'), 'checkout')).toBeNull();
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
