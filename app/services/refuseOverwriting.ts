/** Keeps results from being written over what they are made from, and over projects. */

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { LimnError } from '../errors.ts';

/**
 * Refuses results of which one is an input, under whatever name or link, or an existing project.
 * Throws InvalidInput with the path and what to do.
 */
export function refuseOverwriting(outs: readonly string[], inputs: readonly string[]): void {
  const inputAt = new Map(inputs.map((input) => [placeOf(input), input]));
  for (const out of outs) {
    const target = placeOf(out);
    const input = inputAt.get(target);
    if (input !== undefined) {
      throw new LimnError(
        'InvalidInput',
        `The result would be written over '${input}', which it is made from. Choose another folder or name.`,
        { fields: { path: out, input } },
      );
    }
    if (/\.limn$/i.test(target) && existsSync(target)) {
      throw new LimnError(
        'InvalidInput',
        `'${out}' is a project and would be lost if it were written over. Choose another name.`,
        { fields: { path: out } },
      );
    }
  }
}

/** The absolute path without links; of a file that is not there, the path as it is named. */
function placeOf(path: string): string {
  const full = resolve(path);
  return existsSync(full) ? realpathSync.native(full) : full;
}
