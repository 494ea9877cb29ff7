/** The sentences that reading and writing image files fail with: each names the file and says what to do. */
import { LimnError } from '../errors.ts';

/** The file's bytes contradict themselves or end early; `problem` completes "<name> ...". */
export function corruptFile(path: string, problem: string, cause?: unknown): LimnError {
  return new LimnError(
    'CorruptFile',
    `“${fileNameOf(path)}” ${problem}; copy it again from the microscope or a backup, or export it anew from the program that wrote it.`,
    { fields: { path }, cause },
  );
}

/** A valid file in a form that Limn does not read; `problem` completes "<name> ...". */
export function unsupportedFormat(path: string, problem: string, remedy?: string): LimnError {
  return new LimnError(
    'UnsupportedFormat',
    `“${fileNameOf(path)}” ${problem}; ${remedy ?? 'open it in Fiji and save it as an uncompressed TIFF'}.`,
    { fields: { path } },
  );
}

/** Last part of a path, with either separator. */
export function fileNameOf(path: string): string {
  const parts = path.split(/[\\/]/);
  return parts.at(-1) || path;
}

/** The system's code of an I/O error ('ENOENT' ...), or null for anything else. */
export function systemErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
