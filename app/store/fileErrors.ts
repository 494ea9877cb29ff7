/** Failures of the file system outside of SQLite, as Limn's errors. */

import { LimnError } from '../errors.ts';

/** The LimnError for a full disk or a refused access to `path`; any other error unchanged. */
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
        `'${path}' cannot be written. Check the permissions of the folder, or choose another.`,
        options,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new LimnError('InvalidInput', `'${path}' is not a folder. Choose another path.`, options);
    case 'ENOENT':
      return new LimnError('NotFound', `'${path}' does not exist. Check the path.`, options);
    default:
      return error;
  }
}
