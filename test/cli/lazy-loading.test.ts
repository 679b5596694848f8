import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What is loaded before a command is known: everything that static imports lead to. */
function loadedAtStart(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of staticImports(file)) {
      if (specifier.startsWith('.')) visit(sourceOf(resolve(dirname(file), specifier)));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  visit(entry);
  return { files, packages };
}

function sourceOf(path: string): string {
  const source = path.replace(/\.js$/, '.ts');
  if (!existsSync(source)) throw new Error(`${source} is imported, but is not there`);
  return source;
}

/** Imports and re-exports that remain when types are gone. */
function staticImports(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const isType =
      (ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (isType || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))) return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}

test('`headgate --help` loads nothing heavy: commander and colours, no Temporal, no zod, no yaml', () => {
  const { packages } = loadedAtStart(MAIN);
  expect([...packages].sort()).toEqual(['commander', 'picocolors']);
});

test('`headgate --help` loads no command', () => {
  const { files } = loadedAtStart(MAIN);
  expect(
    [...files].filter((file) => /\/cli\/commands\/|\/(adapters|wiring|worker|dev|config|gateway)\//.test(file)),
  ).toEqual([]);
});
