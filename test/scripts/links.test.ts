import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenLinks } from '../../scripts/steps/links.mjs';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'headgate-links-'));
  await mkdir(join(root, 'docs'));
  await writeFile(join(root, 'docs/tasks.md'), '# Tasks\n\n## Stop a rollout: `abort`\n\n## Again\n\n## Again\n');
  await writeFile(join(root, 'picture.svg'), '<svg/>');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function broken(text: string): Promise<string[]> {
  const file = join(root, 'README.md');
  await writeFile(file, text);
  return brokenLinks(file, root);
}

test('links that lead somewhere are in order', async () => {
  const links = [
    '# Read me',
    '[a](docs/tasks.md) [b](docs/tasks.md#stop-a-rollout-abort) [c](#read-me) [d](docs/tasks.md#again-1) [e](docs)',
    '![f](picture.svg "title") <img src="picture.svg"> [g](https://example.org/nowhere) [h](mailto:a@example.org)',
    '[ref]: docs/tasks.md',
    '`[code](nowhere.md)`',
    '```md',
    '[code](nowhere.md)',
    '```',
  ];
  expect(await broken(links.join('\n'))).toEqual([]);
});

test.each([
  ['[a](docs/task.md)', 'README.md:3: docs/task.md: there is no such file'],
  ['[a](docs/tasks.md#stop)', 'README.md:3: docs/tasks.md#stop: docs/tasks.md has no such heading'],
  ['[a](#nowhere)', 'README.md:3: #nowhere: README.md has no such heading'],
  ['<a href="gone.html">', 'README.md:3: gone.html: there is no such file'],
  ['[ref]: gone.md', 'README.md:3: gone.md: there is no such file'],
])('%s leads nowhere and is named with its line', async (link, line) => {
  expect(await broken(`# Read me\n\n${link}\n`)).toEqual([line]);
});
