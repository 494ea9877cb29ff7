/** Writes a file so that its name shows either the old content or the whole new one: temporary file, fsync, rename. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLimnError, LimnError } from '../errors.ts';
import { systemErrorCode } from './imageErrors.ts';

/**
 * Lets `write` fill a new file in the folder of `path`, then puts it in place. On any failure nothing remains and
 * `path` is as it was. Throws DiskFull, NotFound (no such folder) or InvalidInput (not writable), with the file's name.
 */
export async function writeFileAtomically(
  path: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  try {
    await fillAndSync(temporary, write);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw writingError(path, error);
  }
}

async function fillAndSync(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable; file systems without folder handles do that on their own. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    await handle.close();
  }
}

function writingError(path: string, error: unknown): unknown {
  if (isLimnError(error)) return error;
  const code = systemErrorCode(error);
  if (code === null) return error;
  const options = { fields: { path }, cause: error };
  const name = basename(path);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new LimnError(
        'DiskFull',
        `There is no room on the disk for “${name}”; free some space or choose another folder (nothing was left behind).`,
        options,
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return new LimnError(
        'NotFound',
        `There is no folder “${dirname(path)}” to write “${name}” into; create it.`,
        options,
      );
    default:
      return new LimnError(
        'InvalidInput',
        `“${name}” cannot be written (${code}); check that you may write to “${dirname(path)}”.`,
        options,
      );
  }
}
