import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { editFile } from '../../files/edit-file.js';

/** One entry of a map file: `  key   value`. What begins with `#` is a comment. */
const ENTRY = /^(?<before>\s*(?<key>\S+)\s+)\S.*?(?<after>\s*)$/;

/** `text` with `value` for `key`; every other line, and the form of its own, stays. `null` without such an entry. */
export function withEntry(text: string, key: string, value: string): string | null {
  const edited = text.split('\n').map((line) => {
    const { key: name, before = '', after = '' } = ENTRY.exec(line)?.groups ?? {};
    return name === key ? { line: `${before}${value}${after}`, isEntry: true } : { line, isEntry: false };
  });
  return edited.some(({ isEntry }) => isEntry) ? edited.map(({ line }) => line).join('\n') : null;
}

/**
 * Writes the entry into the file that HAProxy reads when it starts.
 *
 * A key that is not there is not added: a file without it is not the file that this HAProxy reads.
 */
export async function writeEntry(
  path: string,
  key: string,
  value: string,
  timeoutMs: number,
  notAfterMs?: number,
): Promise<void> {
  await editFile(
    path,
    (text) => {
      const edited = withEntry(text, key, value);
      if (edited === null) throw noLine(path, key);
      return edited;
    },
    timeoutMs,
    notAfterMs,
  );
}

/** Why the entry could not be written if it had to be; `null` when it could. */
export async function whyNotWritable(path: string, key: string): Promise<string | null> {
  try {
    const file = await realpath(path);
    if (withEntry(await readFile(file, 'utf8'), key, '') === null) throw noLine(path, key);
    // A new file takes its place, so the folder is what must be writable.
    await access(dirname(file), constants.W_OK);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function noLine(path: string, key: string): Error {
  return new Error(`${path} has no line for ${key}: is it the file that this HAProxy reads?`);
}
