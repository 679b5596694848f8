import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A fenced block of code in what people read. */
export interface Block {
  /** Relative to the project. */
  readonly file: string;
  /** Of the opening fence, 1-based. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Why it cannot be run: `<!-- not run: … -->` on the line above. */
  readonly notRun: string | null;
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/;
const NOT_RUN = /^<!--\s*not run:\s*(.+?)\s*-->$/;

export function blocksOf(text: string, file: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', fence, language = ''] = FENCE.exec(lines[index] ?? '') ?? [];
    if (fence === undefined) continue;
    const begin = index;
    const inside: string[] = [];
    for (index += 1; index < lines.length && lines[index]?.trim() !== fence; index += 1)
      inside.push((lines[index] ?? '').replace(indent, ''));
    const above = lines.slice(0, begin).findLast((line) => line.trim() !== '');
    const notRun = NOT_RUN.exec(above?.trim() ?? '')?.[1] ?? null;
    blocks.push({ file, line: begin + 1, language, text: `${inside.join('\n')}\n`, notRun });
  }
  return blocks;
}

/** Every page that people read, relative to the project. */
export function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : below(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...below('docs'), ...below('examples')].map((path) => relative('', path));
}

export const BLOCKS: readonly Block[] = pages().flatMap((file) => blocksOf(readFileSync(join(ROOT, file), 'utf8'), file));

/** What names a block in a test's title. */
export function placeOf({ file, line }: Block): string {
  return `${file}:${String(line)}`;
}
