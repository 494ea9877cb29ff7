/** Where the engine process and the worker threads start: one row each, for the source tree and for the packaged app. */

import { fileURLToPath } from 'node:url';

/** File of each entry, relative to `app/` in the source tree, and its name beside the packaged main script. */
export const ENTRIES = {
  engine: { source: 'engine/process/main.ts', packaged: 'engine.js' },
  sampleWorker: { source: 'engine/training/sampleWorker.ts', packaged: 'sampleWorker.js' },
  deviceProbe: { source: 'engine/runtime/deviceProbe.ts', packaged: 'deviceProbe.js' },
  checkpointWorker: { source: 'engine/training/checkpointWorker.ts', packaged: 'checkpointWorker.js' },
} as const;

export type EntryName = keyof typeof ENTRIES;

/** Absolute path of an entry. Run from source this file ends in `.ts`; packaged, all entries stand beside it. */
export function entryPath(name: EntryName): string {
  const here = import.meta.url;
  const entry = ENTRIES[name];
  return fileURLToPath(new URL(here.endsWith('.ts') ? entry.source : entry.packaged, here));
}
