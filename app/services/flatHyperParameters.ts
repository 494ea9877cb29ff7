/** Every knob of a run in one flat record, as it stands in a model's description and in the table of runs. */

import type { HyperParameters } from '../engine/training/hyperParameters.ts';

/** Nested records become `optimiser.momentum`, `augmentation.flip` …; lists become text. */
export function flatHyperParameters({
  optimiser,
  augmentation,
  ...plain
}: HyperParameters): Record<string, string | number | boolean> {
  return {
    ...plain,
    ...prefixed('optimiser', optimiser),
    ...prefixed('augmentation', augmentation),
  };
}

function prefixed(prefix: string, record: object): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]: [string, unknown]) => [
      `${prefix}.${key}`,
      typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  );
}
