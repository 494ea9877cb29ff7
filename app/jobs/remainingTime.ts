/** Estimates how long a job still takes from the pace of its progress, pauses not counted. */

export class RemainingTime {
  readonly #now: () => number;
  #startedAt: number | null = null;
  #pausedAt: number | null = null;
  #pausedMs = 0;
  #done = 0;
  #total = 0;
  #told: { seconds: number | null; at: number } | null = null;

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  start(): void {
    this.#startedAt = this.#now();
    this.#pausedAt = null;
    this.#pausedMs = 0;
  }

  pause(): void {
    this.#pausedAt ??= this.#now();
  }

  resume(): void {
    if (this.#pausedAt === null) return;
    this.#pausedMs += this.#now() - this.#pausedAt;
    this.#pausedAt = null;
  }

  progress(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
  }

  /** Takes over an estimate of the job's own, s. */
  tell(seconds: number | null): void {
    this.#told = { seconds, at: this.#now() };
  }

  /** Seconds left, rounded; null before the first progress. */
  get seconds(): number | null {
    if (this.#told !== null) {
      const { seconds, at } = this.#told;
      return seconds === null ? null : Math.max(0, Math.round(seconds - (this.#untilNow() - at) / 1000));
    }
    if (this.#startedAt === null || this.#done <= 0 || this.#total <= 0) return null;
    const elapsed = this.#untilNow() - this.#startedAt - this.#pausedMs;
    return Math.round((elapsed * Math.max(0, this.#total - this.#done)) / this.#done / 1000);
  }

  #untilNow(): number {
    return this.#pausedAt ?? this.#now();
  }
}
