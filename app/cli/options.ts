/** Options of the command line that take one word of several, and those that more than one command has. */

import { Option } from 'commander';
import { DEVICE_CHOICES, EXPORT_KINDS } from '../services/requests.ts';

/** An option that takes one of the given words. */
export function oneOf(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** `--device`, automatic unless said otherwise. */
export const deviceOption = (): Option =>
  oneOf('--device <name>', 'where it runs', DEVICE_CHOICES).default('auto');

/** `--kind` of exported masks, instances unless said otherwise. */
export const kindOption = (): Option =>
  oneOf('--kind <kind>', 'form of the masks', EXPORT_KINDS).default('instances');
