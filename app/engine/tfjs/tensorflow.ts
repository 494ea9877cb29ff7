/** The one door to TensorFlow.js: loads the fastest of its packages that is installed and works, and says why no faster one did. */

import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs';
import { LimnError } from '../../errors.ts';

/** The library's API, whichever package gives it. */
export type Tf = typeof TensorFlow;

export interface LoadedTensorflow {
  readonly tf: Tf;
  /** Package and version, and what it computes with. */
  readonly description: string;
  /** Without native code: for tests and tiny networks. */
  readonly plain: boolean;
  /** Why the packages that would be faster did not load; null where the fastest did. */
  readonly reason: string | null;
}

/** How a package is asked for by name. */
export type LoadPackage = (name: string) => unknown;

/** From the fastest to the one that loads anywhere. */
const PACKAGES = [
  { name: '@tensorflow/tfjs-node-gpu', computes: 'TensorFlow for NVIDIA cards', plain: false },
  { name: '@tensorflow/tfjs-node', computes: 'TensorFlow on the CPU', plain: false },
  { name: '@tensorflow/tfjs', computes: 'plain JavaScript, for tiny networks', plain: true },
] as const;

const loadInstalled: LoadPackage = createRequire(import.meta.url);

let loaded: Promise<LoadedTensorflow> | null = null;

/**
 * TensorFlow.js of this process, loaded once.
 * @throws DeviceUnavailable where none of its packages loads
 */
export function loadTensorflow(): Promise<LoadedTensorflow> {
  loaded ??= loadFrom(loadInstalled);
  return loaded;
}

/**
 * The fastest package that `load` gives.
 * @throws DeviceUnavailable where it gives none
 */
export async function loadFrom(load: LoadPackage): Promise<LoadedTensorflow> {
  restoreRemovedFunction();
  const failures: string[] = [];
  for (const { name, computes, plain } of PACKAGES) {
    try {
      const tf = load(name) as Tf;
      // Without it the library prints advice about its own packages.
      tf.enableProdMode();
      await tf.ready();
      const description = `${name} ${tf.version['tfjs-core']} (${computes})`;
      return { tf, description, plain, reason: failures.length === 0 ? null : `${failures.join('; ')}.` };
    } catch (error) {
      failures.push(`${name} ${whyNot(error, name)}`);
    }
  }
  throw new LimnError(
    'DeviceUnavailable',
    `TensorFlow.js does not load: ${failures.join('; ')}. Install it with "npm run setup:tensorflow", or leave --engine out.`,
    { fields: { engine: 'tfjs' } },
  );
}

function whyNot(error: unknown, name: string): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text.startsWith(`Cannot find module '${name}'`)) return 'is not installed';
  const line = text.split('\n', 1)[0]!.trim();
  return `does not load (${line.replace(/\.$/, '').slice(0, 300)})`;
}

/** TensorFlow's Node binding calls a function that Node 23 took away. */
function restoreRemovedFunction(): void {
  const util = loadInstalled('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
}
