import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenLinks, missingPaths } from '../../scripts/steps/links.mjs';

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

async function missing(text: string): Promise<string[]> {
  const file = join(root, 'README.md');
  await writeFile(file, text);
  return missingPaths(file, root);
}

test('paths in backticks that are there, stand for any name or begin elsewhere are in order', async () => {
  const named = [
    '`docs` `docs/` `docs/tasks.md` `docs/{tasks,tasks}.md`',
    '`test/histories/RELEASE` `docs/*.md` `node_modules/gone` docs/gone.md',
    '```sh',
    '`docs/gone.md`',
    '```',
  ];
  expect(await missing(named.join('\n'))).toEqual([]);
});

test.each([
  ['`docs/gone.md`', ['README.md:3: docs/gone.md: there is no such file']],
  ['`src/domain`', ['README.md:3: src/domain: there is no such file']],
  ['`docs/{tasks,gone}.md`', ['README.md:3: docs/gone.md: there is no such file']],
])('the path in %s is not there and is named with its line', async (text, lines) => {
  expect(await missing(`# Read me\n\n${text}\n`)).toEqual(lines);
});
