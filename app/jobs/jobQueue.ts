/** One queue for all long work: engine jobs one after another, the rest beside them, each with progress and cancel. */

import type { JobInfo } from '../api/types.ts';
import { isLimnError, LimnError, serialiseError } from '../errors.ts';
import { RemainingTime } from './remainingTime.ts';

/** `engine`: trains or predicts, one at a time in order; `beside`: imports and exports, at once. */
export type Lane = 'engine' | 'beside';

/** What a job is given while it runs. */
export interface JobContext {
  readonly jobId: number;
  /** Fires when the job is cancelled or the queue closes. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { done: number; total: number; note?: string }) => void;
  /** The run this job trains. */
  setRun(runId: number): void;
  /** A phrase for a person, shown with the job. */
  setMessage(message: string): void;
  /** An estimate that knows better than done / total, s; null while unknown. */
  setRemaining(seconds: number | null): void;
}

export interface JobRequest<T> {
  kind: JobInfo['kind'];
  title: string;
  lane: Lane;
  /** The run this job trains, where it is known from the start. */
  runId?: number | null;
  run(context: JobContext): Promise<T>;
  /** How a running job is halted and set going again; a job without them cannot be paused while it runs. */
  pause?(): Promise<void>;
  resume?(): Promise<void>;
  /** How a running job is ended early with a result; a job without it is cancelled. */
  stop?(): Promise<void>;
}

export interface StartedJob<T> {
  jobId: number;
  /** Settles with the job; nobody has to wait for it, its failure stands in the job list as well. */
  finished: Promise<T>;
}

interface Entry {
  info: JobInfo;
  lane: Lane;
  controller: AbortController;
  remaining: RemainingTime;
  publishedAt: number;
  start(): void;
  refuse(error: unknown): void;
  pause: (() => Promise<void>) | undefined;
  resume: (() => Promise<void>) | undefined;
  stop: (() => Promise<void>) | undefined;
}

/** Ended jobs that stay in the list. */
const KEPT_JOBS = 100;
/** Progress of a job is published at most this often, ms. */
const PROGRESS_INTERVAL_MS = 100;

export class JobQueue {
  readonly #entries = new Map<number, Entry>();
  readonly #publish: (job: JobInfo) => void;
  readonly #now: () => number;
  readonly #running = new Set<Promise<void>>();
  #engineJob: number | null = null;
  #nextId = 1;
  #closed = false;

  /** `publish` hears of every change of state, and of progress at most ten times a second. */
  constructor(publish: (job: JobInfo) => void, now: () => number = Date.now) {
    this.#publish = publish;
    this.#now = now;
  }

  /** Queues a job; it starts at once if its lane is free. */
  add<T>(request: JobRequest<T>): StartedJob<T> {
    if (this.#closed) throw new LimnError('Cancelled', 'Limn is closing; start this again once it is open.');
    const jobId = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // Who started the job may not wait for it: its failure is told by the job itself, not by the process.
    promise.catch((error: unknown) => this.#noteFailure(jobId, error));
    const entry: Entry = {
      info: {
        jobId,
        kind: request.kind,
        title: request.title,
        state: 'queued',
        done: 0,
        total: 0,
        etaSeconds: null,
        message: null,
        runId: request.runId ?? null,
        queuePosition: null,
      },
      lane: request.lane,
      controller: new AbortController(),
      remaining: new RemainingTime(this.#now),
      publishedAt: 0,
      start: () => this.#run(entry, request, resolve, reject),
      refuse: reject,
      pause: request.pause?.bind(request),
      resume: request.resume?.bind(request),
      stop: request.stop?.bind(request),
    };
    this.#entries.set(jobId, entry);
    this.#announce(entry);
    this.#startNext();
    this.#numberQueue();
    return { jobId, finished: promise };
  }

  /** Every job that runs or waits, and the latest that ended, oldest first. */
  list(): JobInfo[] {
    return [...this.#entries.values()].map(({ info }) => ({ ...info }));
  }

  /** Throws `NotFound`. */
  get(jobId: number): JobInfo {
    return { ...this.#entry(jobId).info };
  }

  /** Stops a job at its next step; one that waits never starts. Without effect on one that has ended. */
  cancel(jobId: number): JobInfo {
    const entry = this.#entry(jobId);
    if (isWaiting(entry, this.#engineJob)) {
      entry.info.state = 'cancelled';
      entry.refuse(new LimnError('Cancelled', `“${entry.info.title}” was taken out of the queue.`));
      this.#end(entry);
      this.#numberQueue();
    } else if (!hasEnded(entry)) {
      entry.controller.abort(new LimnError('Cancelled', `“${entry.info.title}” was stopped on request.`));
    }
    return { ...entry.info };
  }

  /**
   * Puts a waiting job at a place of the queue (0 is next, beyond the end is last).
   * Throws `NotFound`; `WrongUsage` for a job that does not wait.
   */
  move(jobId: number, place: number): JobInfo {
    const entry = this.#entry(jobId);
    if (!isWaiting(entry, this.#engineJob)) {
      throw new LimnError('WrongUsage', `“${entry.info.title}” does not wait, so it cannot be moved.`);
    }
    const waiting = this.#waiting().filter((one) => one !== entry);
    waiting.splice(place, 0, entry);
    for (const one of waiting) {
      this.#entries.delete(one.info.jobId);
      this.#entries.set(one.info.jobId, one);
    }
    this.#numberQueue();
    return { ...entry.info };
  }

  /** Ends a running job early with what it has; one that cannot, or that waits, is cancelled. */
  async stop(jobId: number): Promise<JobInfo> {
    const entry = this.#entry(jobId);
    if (isWaiting(entry, this.#engineJob) || entry.stop === undefined) return this.cancel(jobId);
    if (!hasEnded(entry)) await entry.stop();
    return { ...entry.info };
  }

  /** Holds a waiting job back, or halts a running one that can be halted. Throws `WrongUsage` otherwise. */
  async pause(jobId: number): Promise<JobInfo> {
    const entry = this.#entry(jobId);
    if (entry.info.state === 'paused') return { ...entry.info };
    if (entry.info.state === 'running' && entry.pause !== undefined) await entry.pause();
    else if (entry.info.state !== 'queued') {
      throw new LimnError('WrongUsage', `“${entry.info.title}” cannot be paused; stop it instead.`);
    }
    // It may have come to its end while it was asked to halt.
    if (hasEnded(entry)) return { ...entry.info };
    entry.info.state = 'paused';
    entry.remaining.pause();
    this.#announce(entry);
    return { ...entry.info };
  }

  /** The inverse of {@link pause}. */
  async resume(jobId: number): Promise<JobInfo> {
    const entry = this.#entry(jobId);
    if (entry.info.state !== 'paused') return { ...entry.info };
    if (isWaiting(entry, this.#engineJob)) {
      entry.info.state = 'queued';
      this.#announce(entry);
      this.#startNext();
    } else {
      await entry.resume?.();
      if (hasEnded(entry)) return { ...entry.info };
      entry.info.state = 'running';
      entry.remaining.resume();
      this.#announce(entry);
    }
    return { ...entry.info };
  }

  /** True while any job runs or waits. */
  get busy(): boolean {
    return [...this.#entries.values()].some((entry) => !hasEnded(entry));
  }

  /** The job that trains this run, while it has not ended. */
  jobOfRun(runId: number): JobInfo | undefined {
    const entry = [...this.#entries.values()].find((one) => one.info.runId === runId && !hasEnded(one));
    return entry === undefined ? undefined : { ...entry.info };
  }

  /** Cancels everything, resolves once nothing runs any more; no job can be added afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [jobId, entry] of this.#entries) if (!hasEnded(entry)) this.cancel(jobId);
    await Promise.all(this.#running);
  }

  /** Jobs that wait for the engine, the next first. */
  #waiting(): Entry[] {
    return [...this.#entries.values()].filter((entry) => isWaiting(entry, this.#engineJob));
  }

  /** Tells each waiting job whose place has changed. */
  #numberQueue(): void {
    const places = new Map(this.#waiting().map((entry, place) => [entry, place]));
    for (const entry of this.#entries.values()) {
      const place = places.get(entry) ?? null;
      if (entry.info.queuePosition === place) continue;
      entry.info.queuePosition = place;
      this.#announce(entry);
    }
  }

  #startNext(): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.info.state !== 'queued') continue;
      if (entry.lane === 'engine') {
        if (this.#engineJob !== null) continue;
        this.#engineJob = entry.info.jobId;
      }
      entry.start();
    }
  }

  #run<T>(
    entry: Entry,
    request: JobRequest<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const { info } = entry;
    info.state = 'running';
    info.queuePosition = null;
    entry.remaining.start();
    this.#announce(entry);
    const context: JobContext = {
      jobId: info.jobId,
      signal: entry.controller.signal,
      onProgress: ({ done, total, note }) => {
        info.done = done;
        info.total = total;
        if (note !== undefined) info.message = note;
        entry.remaining.progress(done, total);
        this.#announceProgress(entry);
      },
      setRun: (runId) => {
        info.runId = runId;
        this.#announce(entry);
      },
      setMessage: (message) => {
        info.message = message;
        this.#announce(entry);
      },
      setRemaining: (seconds) => {
        entry.remaining.tell(seconds);
        this.#announceProgress(entry);
      },
    };
    const work = async (): Promise<void> => {
      try {
        const value = await request.run(context);
        info.state = entry.controller.signal.aborted && request.kind !== 'train' ? 'cancelled' : 'done';
        if (info.total > 0 && info.state === 'done') info.done = info.total;
        resolve(value);
      } catch (error) {
        info.state =
          entry.controller.signal.aborted || isLimnError(error, 'Cancelled') ? 'cancelled' : 'failed';
        info.message = serialiseError(error).message;
        reject(error);
      }
      if (entry.lane === 'engine') this.#engineJob = null;
      this.#end(entry);
      if (!this.#closed) this.#startNext();
      this.#numberQueue();
    };
    const running = work().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #end(entry: Entry): void {
    entry.info.etaSeconds = null;
    entry.info.queuePosition = null;
    this.#publish({ ...entry.info });
    const ended = [...this.#entries.values()].filter(hasEnded);
    for (const old of ended.slice(0, Math.max(0, ended.length - KEPT_JOBS)))
      this.#entries.delete(old.info.jobId);
  }

  #announce(entry: Entry): void {
    entry.publishedAt = this.#now();
    entry.info.etaSeconds = entry.remaining.seconds;
    this.#publish({ ...entry.info });
  }

  #announceProgress(entry: Entry): void {
    if (this.#now() - entry.publishedAt >= PROGRESS_INTERVAL_MS) this.#announce(entry);
  }

  #noteFailure(jobId: number, error: unknown): void {
    const info = this.#entries.get(jobId)?.info;
    if (info !== undefined && info.message === null) info.message = serialiseError(error).message;
  }

  #entry(jobId: number): Entry {
    const entry = this.#entries.get(jobId);
    if (entry === undefined)
      throw new LimnError('NotFound', `There is no job ${jobId}; look at the list of jobs.`);
    return entry;
  }
}

function hasEnded({ info }: Entry): boolean {
  return info.state === 'done' || info.state === 'failed' || info.state === 'cancelled';
}

/** Queued, or held back before it ever started. */
function isWaiting(entry: Entry, engineJob: number | null): boolean {
  if (entry.info.state === 'queued') return true;
  return entry.info.state === 'paused' && entry.lane === 'engine' && engineJob !== entry.info.jobId;
}
