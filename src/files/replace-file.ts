import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a system answers that cannot bring a folder to the disk, or not for us: then it does so in its own time. */
const CANNOT_SYNC_FOLDERS: readonly unknown[] = ['EINVAL', 'ENOTSUP', 'EACCES', 'EPERM'];

/**
 * Puts `text` in the place of a file: whoever reads it sees the old or the new one, whole, also after the machine lost its
 * power in between. Mode and owner stay.
 *
 * @param mayReplace asked at once before it takes effect, with nothing awaited between
 * @returns false when `mayReplace` said no: then the old file stays, and nothing is left beside it
 */
export async function replaceFile(path: string, text: string, mayReplace?: () => boolean): Promise<boolean> {
  if (!(await swapFile(path, text, mayReplace))) return false;
  await syncFolderOf(path);
  return true;
}

/**
 * The first half of {@link replaceFile}, for those who need not wait until the second is over: it is in effect, but until
 * {@link syncFolderOf} is done as well, a machine that loses its power may come back with the old file.
 */
export async function swapFile(path: string, text: string, mayReplace = (): boolean => true): Promise<boolean> {
  const next = `${path}.${randomUUID()}.tmp`;
  try {
    await writeBeside(next, text, path);
    if (mayReplace()) {
      renameSync(next, path);
      return true;
    }
  } catch (error) {
    await unlink(next).catch(() => undefined);
    throw error;
  }
  await unlink(next);
  return false;
}

/** Brings the names in the folder of a file to the disk: a rename that is not there may be undone by a power cut. */
export async function syncFolderOf(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.includes(codeOf(error))) throw error;
  }
}

/** On the disk before it gets its name: a machine that loses its power must not come back with an empty file. */
async function writeBeside(next: string, text: string, model: string): Promise<void> {
  const like = await stat(model).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  const handle = await open(next, 'wx', like?.mode);
  try {
    await handle.writeFile(text);
    if (like !== null) {
      await handle.chmod(like.mode);
      // Only root may give a file away; whoever may not write as the owner keeps the name of the writer.
      await handle.chown(like.uid, like.gid).catch(() => undefined);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
