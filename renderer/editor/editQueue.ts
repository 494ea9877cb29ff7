/** Sends edits one after another in the order they were made, tries again when the connection fails, and says how far it is. */

/** `saved`: the store holds every gesture; `saving`: some are under way; `retrying`: the server cannot be reached. */
export type SaveState = 'saved' | 'saving' | 'retrying';

export interface EditQueueOptions {
  /** True for a failure that trying again may mend (no connection), false for a refusal. */
  isTransient(error: unknown): boolean;
  onState(state: SaveState): void;
  /** A task was refused for good; those behind it still run. */
  onRefused(error: unknown): void;
  /** Pause before the next try, ms. */
  retryDelayMs?: number;
}

/** First in, first out; nothing is dropped while the server is away. */
export class EditQueue {
  readonly #options: EditQueueOptions;
  readonly #tasks: { run: () => Promise<void>; settled: () => void }[] = [];
  #running = false;

  constructor(options: EditQueueOptions) {
    this.#options = options;
  }

  /** Number of tasks that have not ended. */
  get pending(): number {
    return this.#tasks.length;
  }

  /** Appends a task; resolves when it has ended, well or refused. */
  add(run: () => Promise<void>): Promise<void> {
    return new Promise((settled) => {
      this.#tasks.push({ run, settled });
      if (!this.#running) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#running = true;
    this.#options.onState('saving');
    for (let task = this.#tasks[0]; task; task = this.#tasks[0]) {
      await this.#attempt(task.run);
      this.#tasks.shift();
      task.settled();
    }
    this.#running = false;
    this.#options.onState('saved');
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await run();
        return;
      } catch (error) {
        if (!this.#options.isTransient(error)) {
          this.#options.onRefused(error);
          return;
        }
        this.#options.onState('retrying');
        await new Promise((resolve) => setTimeout(resolve, this.#options.retryDelayMs ?? 1000));
        this.#options.onState('saving');
      }
    }
  }
}
