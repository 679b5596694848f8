import { open, readFile, type FileHandle } from 'node:fs/promises';
import { syncFolderOf } from '../../files/replace-file.js';

const NEWLINE = 0x0a;

/**
 * Appends lines in one write, on disk when it returns.
 *
 * Several processes may append at once. One that dies in the middle of a write leaves a torn line, which the next write
 * does not continue.
 */
export async function appendLines(
  path: string,
  lines: readonly unknown[],
  admit: (size: number, more: number) => void = () => undefined,
): Promise<void> {
  const handle = await open(path, 'a+');
  try {
    const { size } = await handle.stat();
    const torn = size > 0 && (await lastByte(handle, size)) !== NEWLINE;
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const batch = Buffer.from(`${torn ? '\n' : ''}${text}`);
    admit(size, batch.length);
    const { bytesWritten } = await handle.write(batch);
    if (bytesWritten !== batch.length)
      throw new Error(`Only ${String(bytesWritten)} of ${String(batch.length)} bytes fitted into ${path}`);
    await handle.sync();
    // A new file's name is lost in a crash of the machine unless its folder is on disk too.
    if (size === 0) await syncFolderOf(path);
  } finally {
    await handle.close();
  }
}

/** What is in a file of lines: what is no JSON is left out, and a file that is missing is empty. */
export async function readLines(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8').catch(emptyWhenMissing(''));
  return text.split('\n').flatMap(parsed);
}

export function emptyWhenMissing<Value>(empty: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return empty;
    throw error;
  };
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 ? buffer[0] : undefined;
}

function parsed(line: string): readonly unknown[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}
