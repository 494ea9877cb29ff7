/** The envelope of everything that passes between host and engine process, and the two ends that carry it. */

import type { SerialisedError } from '../../errors.ts';

/** Host → engine. */
export type ToEngine =
  | { kind: 'request'; id: number; method: string; parameters: unknown }
  /** The caller of request `id` gave up. */
  | { kind: 'cancel'; id: number }
  | { kind: 'shutdown' };

/** Engine → host. */
export type FromEngine =
  | { kind: 'ready' }
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'failure'; id: number; error: SerialisedError };

/** How a process ended: by itself with code 0, on request, or lost (native crash, out of memory, a signal from outside). */
export type EngineExit = { kind: 'exit' | 'killed' | 'crash'; code: number | null; signal: string | null };

/** What the host needs of a child process; `child_process.fork` and Electron's `utilityProcess` both fit behind it. */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(message: ToEngine): void;
  onMessage(listener: (message: FromEngine) => void): void;
  /** Called once. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** Ends the process at once. */
  kill(): void;
}

/** Starts an engine process from its entry file. */
export type StartEngineProcess = (entry: string) => EngineProcess;

/** The engine's end of the channel. */
export interface EnginePort {
  send(message: FromEngine): void;
  onMessage(listener: (message: ToEngine) => void): void;
}
