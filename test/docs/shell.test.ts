import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { withWaitSpelledOut } from '../../src/cli/arguments.js';
import { createProgram } from '../../src/cli/program.js';
import { BLOCKS, placeOf, ROOT, type Block } from './support/documents.js';
import { kindOf } from './support/kinds.js';
import { commandsIn, type Words } from './support/shell.js';

/** What may stand in a block besides our own programs. */
const USUAL = ['cd', 'cp', 'curl', 'docker', 'echo', 'export', 'git', 'jq', 'kill', 'mkdir', 'node', 'npx', 'source'];

describe('commands in the documentation', () => {
  test.each(typed().map(({ block, words }) => [placeOf(block), words.join(' '), words] as const))(
    '%s: %s',
    async (_place, _line, words) => {
      await tryCommand(words);
    },
  );
});

async function tryCommand(words: Words): Promise<void> {
  const [program = '', ...rest] = words;
  if (program === 'npx' && rest[0] === 'headgate') return tryHeadgate(rest.slice(1));
  if (program === 'headgate') return tryHeadgate(rest);
  if (program === 'npm') {
    tryNpm(rest);
    return;
  }
  // These run for real: test/e2e/docs.test.ts
  if (program === 'temporal') return;
  if (existsSync(join(ROOT, program))) return;
  expect(USUAL, `what is ${program}?`).toContain(program);
}

/** The real parser, which does nothing: commands, options and their values are as they are written. */
async function tryHeadgate(words: Words): Promise<void> {
  let performed = 0;
  const program = createProgram({
    stdout: { isTTY: false, columns: 80, rows: 24, write: () => undefined, onResize: () => () => undefined },
    perform: () => {
      performed += 1;
      return Promise.resolve();
    },
  });
  const isSynopsis = words.some((word) => word.startsWith('['));
  if (isSynopsis || words.length === 0 || words.includes('--help') || words[0] === '--version') return;
  const names = program.commands.map((command) => command.name());
  await program.parseAsync(withWaitSpelledOut(words, names), { from: 'user' });
  expect(performed).toBe(1);
}

const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

function tryNpm([verb = '', script = '']: Words): void {
  if (verb === 'run') expect(Object.keys(PACKAGE.scripts)).toContain(script);
  else expect(['ci', 'i', 'install', 'test', 'pack']).toContain(verb);
}

function typed(): { block: Block; words: Words }[] {
  return BLOCKS.flatMap((block) => {
    const kind = kindOf(block);
    if (kind === 'shell') return commandsIn(block.text).map((words) => ({ block, words }));
    return kind === 'pipeline' ? scriptsIn(block.text).map((words) => ({ block, words })) : [];
  });
}

/** What a pipeline runs: every text under `run`, `script` or `command`. */
function scriptsIn(text: string): Words[] {
  const scripts: string[] = [];
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'string' && ['run', 'script', 'command'].includes(key)) scripts.push(value);
    else if (Array.isArray(value)) for (const one of value) look(one, key);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) look(one, name);
  };
  for (const document of parseAllDocuments(text)) look(document.toJS(), '');
  return scripts.flatMap(commandsIn);
}
