/** What may be asked of a running training from outside; the loop looks at it at every step boundary. */

export class TrainingControl {
  #paused = false;
  #ending: 'stopped' | 'interrupted' | null = null;
  #wake: (() => void) | null = null;

  get paused(): boolean {
    return this.#paused && this.#ending === null;
  }

  /** How the run is to end at the next boundary; null while it goes on. */
  get ending(): 'stopped' | 'interrupted' | null {
    return this.#ending;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  /** `stopped`: the user has enough and wants the model. `interrupted`: to be gone on with later. */
  end(how: 'stopped' | 'interrupted'): void {
    this.#ending ??= how;
    this.#wake?.();
  }

  /** Resolves when training shall go on or end. */
  untilResumedOrEnding(): Promise<void> {
    if (!this.paused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}
