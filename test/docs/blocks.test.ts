import { describe, expect, test } from 'vitest';
import { BLOCKS, blocksOf, placeOf } from './support/documents.js';
import { kindOf } from './support/kinds.js';
import { commandsIn } from './support/shell.js';

/** Blocks that nothing can run, by file: diagrams, output. One more or less is written down here on purpose. */
const SHOWN: Readonly<Record<string, number>> = {
  'README.md': 1,
  'docs/adapters.md': 1,
  'docs/blue-green.md': 1,
  'docs/deploy.md': 1,
  'docs/envoy.md': 1,
  'docs/haproxy.md': 3,
  'docs/how-it-works.md': 1,
  'docs/production.md': 1,
};

describe('blocks of code in the documentation', () => {
  test('each is tried by a test, or says why it cannot be', () => {
    const unknown = BLOCKS.filter((block) => kindOf(block) === 'unknown').map(placeOf);
    expect(unknown, 'mark it with <!-- not run: why -->, or let a test run it').toEqual([]);
  });

  test('those that cannot be run are counted', () => {
    const shown: Record<string, number> = {};
    for (const block of BLOCKS) if (kindOf(block) === 'shown') shown[block.file] = (shown[block.file] ?? 0) + 1;
    expect(shown).toEqual(SHOWN);
  });
});

describe('what is read from a page', () => {
  test('a block, its language, its place and its mark', () => {
    const page = ['# Page', '<!-- not run: it is output -->', '', '```text', 'a', '```', '  ```sh', '  b', '  ```'];
    expect(blocksOf(page.join('\n'), 'page.md')).toEqual([
      { file: 'page.md', line: 4, language: 'text', text: 'a\n', notRun: 'it is output' },
      { file: 'page.md', line: 7, language: 'sh', text: 'b\n', notRun: null },
    ]);
  });

  test('commands, with their quotes, settings, pipes and comments', () => {
    const text = `$ A=1 headgate start x.yaml \\\n    --wait; echo $?\noutput\n$ headgate list -o json | jq '.items' # all\n`;
    expect(commandsIn(text)).toEqual([
      ['headgate', 'start', 'x.yaml', '--wait'],
      ['echo', '$?'],
      ['headgate', 'list', '-o', 'json'],
      ['jq', '.items'],
    ]);
  });

  test('a JSON document that is quoted over several lines', () => {
    expect(commandsIn(`temporal x --input '{\n  "a": "it is"\n}'\nheadgate list # don't\n`)).toEqual([
      ['temporal', 'x', '--input', '{\n  "a": "it is"\n}'],
      ['headgate', 'list'],
    ]);
  });
});
