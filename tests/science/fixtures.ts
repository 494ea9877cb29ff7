/** Reads the reference values that tests/fixtures/science/generate.py wrote. */

import { readFileSync } from 'node:fs';

/** The parsed fixture `tests/fixtures/science/<name>.json`; the caller states its type. */
export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/science/${name}.json`, import.meta.url), 'utf8')) as T;
}
