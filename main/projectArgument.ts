/** Finds the project that a command line names: `limn cells.limn`, a double click, a second start of the app. */

import { resolve } from 'node:path';

/**
 * The last argument that ends in `.limn`, made absolute; null where there is none.
 * @param argv arguments after the executable (and after the app's folder in development)
 * @param workingFolder where relative paths start
 */
export function projectArgument(argv: readonly string[], workingFolder: string): string | null {
  const path = argv.findLast((argument) => !argument.startsWith('-') && /\.limn$/i.test(argument));
  return path === undefined ? null : resolve(workingFolder, path);
}
