/** Options of the command line that take one word of several. */

import { Option } from 'commander';

/** An option that takes one of the given words. */
export function oneOf(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}
