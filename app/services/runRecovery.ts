/** How a run goes on that lost its engine, its device or its memory: as it was, or with smaller tiles; and when it gives up. */

import { readFileSync } from 'node:fs';
import type { NetworkSpec } from '../engine/modelDescription.ts';
import { inputSideFor } from '../engine/networks/networkKinds.ts';
import { saysOutOfMemory } from '../engine/runtime/runSession.ts';
import { isLimnError, type LimnError } from '../errors.ts';

/** Times that a run starts anew after losing the engine without having got any further. */
const MOST_RESTARTS = 3;
/** Next smaller tile, relative to the present one: the first of these that the network can take. */
const SMALLER = [0.75, 0.5, 0.375, 0.25];
/** Below this a tile shows too little to learn from, px. */
const SMALLEST_TILE = 32;

/** How to go on, and the sentence for the user. */
export interface Restart {
  /** Side of the input tile from now on, px. */
  tileSize: number;
  message: string;
}

/** The next smaller side that the network can take, px; null where there is none. */
export function nextSmallerTile(network: NetworkSpec, tileSize: number): number | null {
  const present = inputSideFor(network, tileSize);
  for (const factor of SMALLER) {
    const side = inputSideFor(network, Math.floor(present * factor));
    if (side < present && side >= SMALLEST_TILE) return side;
  }
  return null;
}

export class RunRecovery {
  #attempts = 0;
  #furthest = -1;
  #kills = kernelKills();

  /**
   * @param startedAt step at which the engine had taken the run up, −1 if it never had
   * @returns how to go on; null where the error is to be passed on
   */
  after(error: unknown, startedAt: number, network: NetworkSpec, tileSize: number): Restart | null {
    if (!isLimnError(error, 'EngineLost') && !isLimnError(error, 'OutOfMemory')) return null;
    const kills = kernelKills();
    const isMemory = ranOutOfMemory(error, kills > this.#kills);
    this.#kills = kills;
    if (isMemory) {
      const smaller = nextSmallerTile(network, tileSize);
      if (smaller === null) return null;
      const message = `Memory ran out with tiles of ${inputSideFor(network, tileSize)} px; training goes on from its last checkpoint with tiles of ${smaller} px.`;
      return { tileSize: smaller, message };
    }
    if (error.tag === 'OutOfMemory') return null;
    if (startedAt > this.#furthest) this.#attempts = 0;
    this.#furthest = Math.max(this.#furthest, startedAt);
    this.#attempts++;
    if (this.#attempts > MOST_RESTARTS) return null;
    const what =
      error.fields['lost'] === 'device' ? 'The device was lost' : 'The engine process ended unexpectedly';
    return {
      tileSize,
      message: `${what} and was started anew; training goes on from its last checkpoint.`,
    };
  }
}

/** An exception of the device, a dying word of the process, or the kernel's own act; images too many for memory are another matter. */
function ranOutOfMemory(error: LimnError, kernelKilled: boolean): boolean {
  const { where, errorText, signal } = error.fields;
  if (error.tag === 'OutOfMemory') return where === 'engine';
  return saysOutOfMemory(String(errorText ?? '')) || (signal === 'SIGKILL' && kernelKilled);
}

/** Processes that the kernel has ended for want of memory since it started (Linux); 0 elsewhere. */
function kernelKills(): number {
  if (process.platform !== 'linux') return 0;
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    // Some containers hide it: then only the process's own words tell.
    return 0;
  }
}
