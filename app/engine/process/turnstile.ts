/** Lets one piece of work at a time through to the device: a prediction that someone waits for goes before the next training step. */

interface Waiting {
  urgent: boolean;
  enter: () => void;
}

export class Turnstile {
  #occupied = false;
  readonly #queue: Waiting[] = [];

  /** Runs `work` alone; urgent work is let in before work that waits without hurry, first come first served within each. */
  async run<T>(urgency: 'urgent' | 'patient', work: () => Promise<T>): Promise<T> {
    await this.#enter(urgency === 'urgent');
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(urgent: boolean): Promise<void> {
    if (!this.#occupied) {
      this.#occupied = true;
      return Promise.resolve();
    }
    return new Promise((enter) => {
      const entry = { urgent, enter };
      const firstPatient = this.#queue.findIndex((other) => !other.urgent);
      if (urgent && firstPatient >= 0) this.#queue.splice(firstPatient, 0, entry);
      else this.#queue.push(entry);
    });
  }

  #leave(): void {
    const next = this.#queue.shift();
    if (next) next.enter();
    else this.#occupied = false;
  }
}
