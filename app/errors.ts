/** The one family of errors that Limn throws on purpose; every message is a sentence that ends with what to do. */

/** Every kind of failure that a user may meet. The CLI maps it to an exit code, the API to a status. */
export type ErrorTag =
  | 'WrongUsage'
  | 'InvalidInput'
  | 'NotFound'
  | 'UnsupportedFormat'
  | 'CorruptFile'
  | 'ProjectTooNew'
  | 'ProjectLocked'
  | 'ProjectDamaged'
  | 'LabelConflict'
  | 'NotEnoughLabels'
  | 'DeviceUnavailable'
  | 'OutOfMemory'
  | 'TrainingDiverged'
  | 'Cancelled'
  | 'EngineLost'
  | 'DiskFull';

/** Plain data that travels with an error (file name, image, expected and actual shape …). */
export type ErrorFields = Readonly<Record<string, string | number | boolean | null>>;

/** The form in which an error crosses a process or HTTP boundary. */
export interface SerialisedError {
  tag: ErrorTag | 'Unexpected';
  message: string;
  fields: ErrorFields;
}

/** An expected failure. `message` is one clear sentence with the file's name and the remedy. */
export class LimnError extends Error {
  readonly tag: ErrorTag;
  readonly fields: ErrorFields;

  constructor(tag: ErrorTag, message: string, options: { fields?: ErrorFields; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LimnError';
    this.tag = tag;
    this.fields = options.fields ?? {};
  }
}

/** True for a LimnError, of the given tag if one is named. */
export function isLimnError(error: unknown, tag?: ErrorTag): error is LimnError {
  return error instanceof LimnError && (tag === undefined || error.tag === tag);
}

/** Turns anything thrown into plain data for a process or HTTP boundary. */
export function serialiseError(error: unknown): SerialisedError {
  if (isLimnError(error)) return { tag: error.tag, message: error.message, fields: error.fields };
  return { tag: 'Unexpected', message: error instanceof Error ? error.message : String(error), fields: {} };
}

/** The inverse of {@link serialiseError}. An unexpected error comes back as a plain Error. */
export function deserialiseError(data: SerialisedError): Error {
  return data.tag === 'Unexpected'
    ? new Error(data.message)
    : new LimnError(data.tag, data.message, { fields: data.fields });
}

/** Exit code of a command that ended with this error: 2 wrong usage, 3 bad input, 4 device or engine, 130 interrupted. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 | 4 | 130 {
  if (!isLimnError(error)) return 1;
  switch (error.tag) {
    case 'WrongUsage':
      return 2;
    case 'Cancelled':
      return 130;
    case 'DeviceUnavailable':
    case 'OutOfMemory':
    case 'TrainingDiverged':
    case 'EngineLost':
      return 4;
    default:
      return 3;
  }
}

/** What every long call takes: a way to be cancelled and a way to report how far it is. */
export interface CallContext {
  signal?: AbortSignal;
  /** `done` of `total` units; `note` is a short phrase for a person. */
  onProgress?: (progress: { done: number; total: number; note?: string }) => void;
}

/** Throws `Cancelled` once the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new LimnError('Cancelled', 'Stopped on request; what was finished before is kept.');
}
