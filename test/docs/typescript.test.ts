import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import * as analysis from '../../src/analysis.js';
import { BLOCKS, placeOf, ROOT, type Block } from './support/documents.js';
import { kindOf } from './support/kinds.js';

/** What a reader imports, and where it is here. */
const ENTRIES = {
  headgate: ['src/index.ts'],
  'headgate/worker': ['src/worker/index.ts'],
  'headgate/workflows': ['src/workflows/index.ts'],
  'headgate/analysis': ['src/analysis.ts'],
};

interface Source {
  readonly place: string;
  readonly path: string;
  readonly text: string;
}

const SOURCES: readonly Source[] = BLOCKS.flatMap((block, index): Source[] => {
  const path = join(ROOT, 'test/docs', `block-${String(index)}.ts`);
  const kind = kindOf(block);
  if (kind === 'typescript') return [{ place: placeOf(block), path, text: `${block.text}\nexport {};\n` }];
  return kind === 'json' ? [{ place: placeOf(block), path, text: typedJson(block.text) }] : [];
});

/** A JSON document in the documentation is what the program's types say. */
function typedJson(text: string): string {
  const values = isLines(text) ? text.trim().split('\n') : [text.trim()];
  return values.map((value) => `export {};\n(${value}) satisfies ${typeOfJson(value)};`).join('\n');
}

function isLines(text: string): boolean {
  return text
    .trim()
    .split('\n')
    .every((line) => line.startsWith('{') && line.endsWith('}'));
}

function typeOfJson(text: string): string {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (typeof value['kind'] === 'string' && 'schemaVersion' in value)
    return `import('../../src/cli/output/documents.js').Document<'${value['kind']}'>`;
  if ('data' in value) return "import('../../src/domain/hooks/payload.js').HookPayload";
  if ('v' in value) return "import('../../src/spec/observations/schema.js').WrittenLine";
  if ('plan' in value) return "import('../../src/workflows/messages.js').CanaryInput";
  if ('outcome' in value && 'cause' in value) return "import('../../src/workflows/messages.js').RolloutOutcome";
  if ('effect' in value) return "import('../../src/domain/rollout/commands.js').CommandAnswer";
  if ('takes' in value) return "Partial<import('../../src/domain/rollout/status.js').RolloutStatus>";
  if ('rolloutId' in value && 'what' in value) return "import('../../src/ports/journal.js').JournalEntry";
  return 'never';
}

/** What a few lines without imports take for granted. */
const TAKEN_FOR_GRANTED = {
  path: join(ROOT, 'test/docs/taken-for-granted.ts'),
  text: `declare global { const canary: import('headgate').CanaryDeployment; const client: import('@temporalio/client').Client }
export {};
`,
};

let problems: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  problems = typeCheck(SOURCES);
}, 120_000);

describe('programs that need nothing outside do what they say', () => {
  const selfContained = BLOCKS.filter((block) => kindOf(block) === 'typescript' && importsOf(block).every(isAnalysis));
  const runnable = selfContained.filter((block) => importsOf(block).length > 0);
  test.each(runnable.map((block) => [placeOf(block), block.text] as const))('%s', (_place, text) => {
    const said = /console\.log\(.*\); \/\/ (.*)/.exec(text)?.[1];
    expect(outputOf(text)).toBe(said);
  });
});

describe('programs and JSON documents in the documentation have the right types', () => {
  test.each(SOURCES.map(({ place, path }) => [place, path] as const))('%s', (_place, path) => {
    expect(problems.get(path) ?? []).toEqual([]);
  });
});

function importsOf({ text }: Block): string[] {
  return [...text.matchAll(/from '([^']+)'/g)].map(([, from = '']) => from);
}

function isAnalysis(from: string): boolean {
  return from === 'headgate/analysis';
}

/** What a program prints, on a line. */
function outputOf(text: string): string {
  const printed: string[] = [];
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const console = { log: (...values: unknown[]) => printed.push(values.map(String).join(' ')) };
  runInNewContext(outputText, { require: () => analysis, exports: {}, console });
  return printed.join('\n');
}

/** As a reader's own project would: strict, on Node, against the public entries. */
function typeCheck(sources: readonly Source[]): Map<string, string[]> {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, [path = '']]) => [name, [join(ROOT, path)]])),
  };
  const texts = new Map([TAKEN_FOR_GRANTED, ...sources].map(({ path, text }) => [path, text]));
  const usual = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...usual,
    fileExists: (path) => texts.has(path) || usual.fileExists(path),
    readFile: (path) => texts.get(path) ?? usual.readFile(path),
    getSourceFile: (path, language, onError, fresh) => {
      const text = texts.get(path);
      return text === undefined
        ? usual.getSourceFile(path, language, onError, fresh)
        : ts.createSourceFile(path, text, language);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = new Map<string, string[]>();
  for (const { path } of sources) {
    const file = program.getSourceFile(path);
    const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    found.set(
      path,
      diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    );
  }
  return found;
}
