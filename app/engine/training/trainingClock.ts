/** Time of training: runs while the trainer works, stands while it is paused or waits for a prediction. */

export class TrainingClock {
  #seconds: number;
  #since: number | null = performance.now();
  readonly #firstSeconds: number;
  #steps = 0;
  #recent = 0;
  #lastStepAt: number;

  /** Starts running, with `seconds` on it. */
  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#firstSeconds = seconds;
    this.#lastStepAt = seconds;
  }

  get seconds(): number {
    return this.#seconds + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.#seconds = this.seconds;
    this.#since = null;
  }

  /** Call once a step. */
  countStep(): void {
    const now = this.seconds;
    const took = now - this.#lastStepAt;
    this.#lastStepAt = now;
    this.#steps++;
    // The first step carries the warming-up of the session and is left out of the mean as soon as there is a second.
    this.#recent = this.#steps <= 2 ? took : 0.9 * this.#recent + 0.1 * took;
  }

  /** Moving mean over the last steps; 0 before the first. */
  get secondsPerStep(): number {
    return this.#recent;
  }

  /** Steps counted and seconds passed since this clock was made. */
  get sinceStart(): { steps: number; seconds: number } {
    return { steps: this.#steps, seconds: this.seconds - this.#firstSeconds };
  }
}
