/** The host's handle on the one engine process: starts it, carries requests and events, tells an exit from a crash, starts it anew. */

import { entryPath } from '../entryPoints.ts';
import { deserialiseError, LimnError, throwIfCancelled } from '../errors.ts';
import { forkEngine } from './process/forkEngine.ts';
import { lowerPriority } from './process/lowerPriority.ts';
import type { EngineExit, EngineProcess, FromEngine, StartEngineProcess } from './process/messages.ts';
import type { EngineMethod, EngineMethods } from './process/protocol.ts';

export interface EngineHostOptions {
  /** How a process is started; `child_process.fork` unless said otherwise (Electron: `utilityProcess`). */
  startProcess?: StartEngineProcess;
  entry?: string;
  /** Longest wait for a fresh process to answer, ms. */
  startMilliseconds?: number;
  /** How long `close` waits for the process to end by itself, ms. */
  closeMilliseconds?: number;
  /** The engine yields to other work of the machine, so that painting stays quick while it trains; default no. */
  yields?: boolean;
}

export interface RequestOptions<M extends EngineMethod> {
  /** Passed on to the engine, which answers at its next boundary (step, tile). */
  signal?: AbortSignal;
  onEvent?: (event: EngineMethods[M]['event']) => void;
  /** Longest silence of this request, ms, asked anew at each sign of life; after it the process counts as hung and is ended. */
  patienceMilliseconds?: () => number;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  onEvent: (event: unknown) => void;
  settle: () => void;
  touch: () => void;
}

type EngineState = 'idle' | 'starting' | 'running' | 'closed';

export class EngineHost {
  readonly #options: Required<EngineHostOptions>;
  readonly #pending = new Map<number, Pending>();
  readonly #exitListeners = new Set<(exit: EngineExit) => void>();
  #process: EngineProcess | null = null;
  #starting: Promise<void> | null = null;
  #state: EngineState = 'idle';
  #killing = false;
  #nextId = 1;

  constructor(options: EngineHostOptions = {}) {
    this.#options = {
      startProcess: options.startProcess ?? forkEngine,
      entry: options.entry ?? entryPath('engine'),
      startMilliseconds: options.startMilliseconds ?? 60_000,
      closeMilliseconds: options.closeMilliseconds ?? 2_000,
      yields: options.yields ?? false,
    };
  }

  /** Starts the engine and waits until it answers. `new EngineHost()` alone starts it at the first request. */
  static async start(options: EngineHostOptions = {}): Promise<EngineHost> {
    const host = new EngineHost(options);
    await host.#ensureRunning();
    return host;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Process id of the running engine, or undefined. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Calls the listener at each end of an engine process; returns how to unsubscribe. */
  onExit(listener: (exit: EngineExit) => void): () => void {
    this.#exitListeners.add(listener);
    return () => this.#exitListeners.delete(listener);
  }

  /**
   * Asks the engine for something; a process that is not running (any more) is started first.
   * @throws EngineLost if the process ends before it has answered; otherwise what the engine threw.
   */
  async request<M extends EngineMethod>(
    method: M,
    parameters: EngineMethods[M]['parameters'],
    options: RequestOptions<M> = {},
  ): Promise<EngineMethods[M]['result']> {
    throwIfCancelled(options.signal);
    await this.#ensureRunning();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => this.#process?.send({ kind: 'cancel', id });
      let watchdog: NodeJS.Timeout | undefined;
      const touch = (): void => {
        if (!options.patienceMilliseconds) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => this.#process?.kill(), options.patienceMilliseconds());
        watchdog.unref();
      };
      this.#pending.set(id, {
        // The protocol's table ties a method to the types of its result and events.
        resolve: (result) => resolve(result as EngineMethods[M]['result']),
        reject,
        onEvent: (event) => options.onEvent?.(event as EngineMethods[M]['event']),
        touch,
        settle: () => {
          clearTimeout(watchdog);
          options.signal?.removeEventListener('abort', cancel);
        },
      });
      options.signal?.addEventListener('abort', cancel, { once: true });
      this.#process?.send({ kind: 'request', id, method, parameters });
      touch();
      if (options.signal?.aborted) cancel();
    });
  }

  /** Which devices there are, each timed on a small training step, and why others are not available. */
  devices(): Promise<EngineMethods['devices']['result']> {
    return this.request('devices', { probe: true });
  }

  /** Ends the process at once (pending requests are rejected with EngineLost) and starts a new one. */
  async restart(): Promise<void> {
    await this.#end(0);
    await this.#ensureRunning();
  }

  /** Asks the process to end, waits a little, then kills it. No request can be made afterwards. */
  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#end(this.#options.closeMilliseconds);
  }

  async #end(waitMilliseconds: number): Promise<void> {
    const engine = this.#process;
    if (!engine) return;
    const ended = new Promise<void>((resolve) => {
      const stop = this.onExit(() => {
        stop();
        resolve();
      });
    });
    this.#killing = true;
    engine.send({ kind: 'shutdown' });
    const timer = setTimeout(() => engine.kill(), waitMilliseconds);
    await ended;
    clearTimeout(timer);
  }

  #ensureRunning(): Promise<void> {
    if (this.#state === 'closed') {
      return Promise.reject(new LimnError('EngineLost', 'The engine was shut down; open Limn again.'));
    }
    this.#starting ??= this.#launch().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  #launch(): Promise<void> {
    this.#state = 'starting';
    this.#killing = false;
    const engine = this.#options.startProcess(this.#options.entry);
    this.#process = engine;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => engine.kill(), this.#options.startMilliseconds);
      engine.onMessage((message) => {
        if (message.kind === 'ready') {
          clearTimeout(timer);
          if (this.#state === 'starting') this.#state = 'running';
          if (this.#options.yields && engine.pid !== undefined) lowerPriority(engine.pid);
          resolve();
        } else this.#receive(message);
      });
      engine.onExit((code, signal) => {
        clearTimeout(timer);
        const exit: EngineExit = {
          kind: this.#killing ? 'killed' : code === 0 ? 'exit' : 'crash',
          code,
          signal,
        };
        const lost = engineLost(exit, engine);
        reject(lost);
        this.#afterExit(exit, lost);
      });
    });
  }

  #receive(message: Exclude<FromEngine, { kind: 'ready' }>): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === 'event') {
      pending.touch();
      try {
        pending.onEvent(message.event);
      } catch (error) {
        // Whoever asked could not take it (a full disk): the request has failed, and the engine need not go on.
        this.#pending.delete(message.id);
        pending.settle();
        this.#process?.send({ kind: 'cancel', id: message.id });
        pending.reject(error instanceof Error ? error : new Error(String(error)));
      }
      return;
    }
    this.#pending.delete(message.id);
    pending.settle();
    if (message.kind === 'result') pending.resolve(message.result);
    else pending.reject(deserialiseError(message.error));
  }

  #afterExit(exit: EngineExit, lost: LimnError): void {
    this.#process = null;
    this.#starting = null;
    if (this.#state !== 'closed') this.#state = 'idle';
    for (const pending of this.#pending.values()) {
      pending.settle();
      pending.reject(lost);
    }
    this.#pending.clear();
    for (const listener of [...this.#exitListeners]) listener(exit);
  }
}

function engineLost(exit: EngineExit, engine: EngineProcess): LimnError {
  const how = exit.signal ? `signal ${exit.signal}` : `code ${exit.code ?? 'unknown'}`;
  const errorText =
    'errorText' in engine && typeof engine.errorText === 'function' ? String(engine.errorText()) : '';
  return new LimnError(
    'EngineLost',
    `The engine process ended unexpectedly (${how}); nothing painted is lost, try again, with a smaller tile if memory is short.`,
    { fields: { exit: exit.kind, code: exit.code, signal: exit.signal, errorText } },
  );
}
