/** Failures of the file system outside of SQLite, as Limn's errors. */

import { LimnError } from './errors.ts';

/** The LimnError for what the system says of `path` (full disk, refused access, no such place); any other error unchanged. */
export function translateFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof LimnError || !('code' in error)) return error;
  const options = { fields: { path, code: String(error.code) }, cause: error };
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LimnError(
        'DiskFull',
        `The disk is full: '${path}' could not be written. Free some space and try again.`,
        options,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LimnError(
        'InvalidInput',
        `'${path}' may not be read or written. Check its permissions and those of its folder, or choose another.`,
        options,
      );
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return new LimnError(
        'InvalidInput',
        `'${path}' cannot be used: a file stands where a folder is needed, or the other way round. Choose another path.`,
        options,
      );
    case 'ENAMETOOLONG':
      return new LimnError('InvalidInput', `The name '${path}' is too long. Choose another path.`, options);
    case 'ENOENT':
      return new LimnError('NotFound', `'${path}' does not exist. Check the path.`, options);
    default:
      return error;
  }
}
