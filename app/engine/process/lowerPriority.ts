/** Lets a process yield to others: a training that uses every core leaves the page its share at once. */

import { constants, getPriority, setPriority } from 'node:os';

/** Where the system does not allow it the process goes on as it is. */
export function lowerPriority(pid: number): void {
  try {
    setPriority(pid, Math.max(getPriority(pid), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch (error) {
    // A process that has ended meanwhile is told by its exit; a system that refuses loses only the politeness.
    if (!(error instanceof Error)) throw error;
  }
}
