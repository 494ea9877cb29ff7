/** What a benchmark gives, and how a peer is run. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** One comparison: seconds, or bytes, of each repeat on both sides. */
export interface Comparison {
  work: string;
  peer: string;
  /** Ours / peer should be at most this. */
  atMost: number;
  /** Default: seconds. */
  unit?: 'seconds' | 'bytes';
  ours: number[];
  theirs: number[];
  note: string;
}

/** Runs a peer's Python script; null where it cannot run. */
export function runPeer<T>(script: string, ...args: (string | number)[]): T | null {
  const python = process.env['LIMN_PYTHON'] ?? '/usr/bin/python3';
  const { status, stdout } = spawnSync(
    python,
    [join(import.meta.dirname, 'peers', script), ...args.map(String)],
    { encoding: 'utf8' },
  );
  return status === 0 ? (JSON.parse(stdout) as T) : null;
}
