/** Fans the backend's events out to the hosts and remembers the latest, so that a lost connection can resume. */

import type { BackendEvent } from './types.ts';

/** An event with its place in the stream: `<opening of the hub>-<sequence number>`. */
export interface NumberedEvent {
  id: string;
  event: BackendEvent;
}

export type EventListener = (numbered: NumberedEvent) => void;

/** After a gap that cannot be replayed the page is told that all it holds may be stale. */
const REFRESH: BackendEvent[] = [{ type: 'project' }, { type: 'images' }];

export class EventHub {
  readonly #listeners = new Set<EventListener>();
  readonly #closers = new Set<() => void>();
  readonly #recent: NumberedEvent[] = [];
  readonly #origin: string;
  readonly #capacity: number;
  #sequence = 0;

  /** `origin` tells this hub from the one before a restart; `capacity` events are kept for replay. */
  constructor(origin: string, capacity = 2000) {
    this.#origin = origin;
    this.#capacity = capacity;
  }

  /** Calls every listener in turn, synchronously. */
  publish(event: BackendEvent): void {
    const numbered = { id: this.#idOf(++this.#sequence), event };
    this.#recent.push(numbered);
    if (this.#recent.length > this.#capacity) this.#recent.shift();
    for (const listener of [...this.#listeners]) listener(numbered);
  }

  /** `onClose` is called when the hub closes, never after unsubscribing. Returns the way to unsubscribe. */
  subscribe(listener: EventListener, onClose?: () => void): () => void {
    this.#listeners.add(listener);
    if (onClose !== undefined) this.#closers.add(onClose);
    return () => {
      this.#listeners.delete(listener);
      if (onClose !== undefined) this.#closers.delete(onClose);
    };
  }

  /** Events after `lastId`; a request to refresh if they are no longer all known; none without `lastId`. */
  eventsAfter(lastId: string | undefined): NumberedEvent[] {
    if (lastId === undefined || lastId === '') return [];
    const [origin, number] = lastId.split('-');
    const last = Number(number);
    const first = this.#sequence - this.#recent.length + 1;
    if (origin !== this.#origin || !Number.isInteger(last) || last + 1 < first || last > this.#sequence) {
      return REFRESH.map((event) => ({ id: this.#idOf(this.#sequence), event }));
    }
    return this.#recent.slice(last + 1 - first);
  }

  /** Listeners at this moment. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Ends every open stream. */
  close(): void {
    for (const closer of [...this.#closers]) closer();
    this.#closers.clear();
    this.#listeners.clear();
  }

  #idOf(sequence: number): string {
    return `${this.#origin}-${sequence}`;
  }
}
