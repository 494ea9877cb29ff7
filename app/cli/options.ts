/** Small bridges between commander's option bag and the services' requests. */

import { Option } from 'commander';

/** An option that takes one of the given words. */
export function oneOf(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** Copies the options that were given, under the request's names; absent ones stay absent. */
export function pick(
  options: Record<string, unknown>,
  names: Record<string, string>,
): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [option, field] of Object.entries(names))
    if (options[option] !== undefined) picked[field] = options[option];
  return picked;
}
