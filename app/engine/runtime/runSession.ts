/** Runs a session; what the runtime throws on the way is told apart here, by its words, for it has no codes. */

import { LimnError } from '../../errors.ts';
import type { InferenceSession, Tensor } from './ort.ts';

const OUT_OF_MEMORY =
  /out of memory|failed to allocate|bad_?alloc|allocation failed|outofmemory|cudaErrorMemoryAllocation/i;
const DEVICE_LOST =
  /device (was|is)? ?lost|lost (the )?device|DXGI_ERROR_DEVICE|VK_ERROR_DEVICE_LOST|cudaErrorDevice/i;

/** Whether words of the runtime, a driver or a dying process say that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text);
}

/**
 * The error of a run as Limn's.
 * @returns OutOfMemory, EngineLost for a device that is gone (its process is of no more use), or the error unchanged
 */
export function translateRunError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LimnError) return error;
  if (saysOutOfMemory(error.message)) {
    return new LimnError(
      'OutOfMemory',
      'The device has not enough memory for tiles of this size; choose a smaller tile size or fewer filters.',
      { cause: error, fields: { where: 'engine' } },
    );
  }
  if (DEVICE_LOST.test(error.message)) {
    return new LimnError(
      'EngineLost',
      'The device was lost (a driver was restarted, or the card taken away); try again, or use --device cpu.',
      { cause: error, fields: { lost: 'device' } },
    );
  }
  return error;
}

/** As `session.run`. Throws OutOfMemory, EngineLost. */
export async function runSession(
  session: InferenceSession,
  inputs: Record<string, Tensor>,
  fetches?: Record<string, Tensor | null>,
): Promise<InferenceSession.ReturnType> {
  try {
    return await (fetches === undefined ? session.run(inputs) : session.run(inputs, fetches));
  } catch (error) {
    throw translateRunError(error);
  }
}
