import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobInfo } from '../../app/api/types.ts';
import { isLimnError, LimnError } from '../../app/errors.ts';
import { type JobContext, JobQueue, type JobRequest } from '../../app/jobs/jobQueue.ts';

/** A job that ends when told to, or when it is cancelled. */
function controlled(lane: 'engine' | 'beside' = 'engine', extra: Partial<JobRequest<string>> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const seen: { context: JobContext | null } = { context: null };
  const request: JobRequest<string> = {
    kind: 'predict',
    title: 'job',
    lane,
    run: (context) => {
      seen.context = context;
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
      return promise;
    },
    ...extra,
  };
  return { request, resolve, reject, seen };
}

const states = (queue: JobQueue): string[] => queue.list().map((job) => job.state);

test('engine jobs run one after another in order, others beside them', async () => {
  const queue = new JobQueue(() => undefined);
  const [first, second, beside] = [controlled(), controlled(), controlled('beside')];
  const a = queue.add(first.request);
  const b = queue.add(second.request);
  queue.add(beside.request);
  assert.deepEqual(states(queue), ['running', 'queued', 'running']);
  first.resolve('one');
  assert.equal(await a.finished, 'one');
  await new Promise(setImmediate);
  assert.deepEqual(states(queue), ['done', 'running', 'running']);
  second.resolve('two');
  assert.equal(await b.finished, 'two');
  await queue.close();
});

test('waiting jobs are moved, start in their new order, and tell their places', async () => {
  const queue = new JobQueue(() => undefined);
  const jobs = [controlled(), controlled(), controlled(), controlled()];
  const [first, second, third, fourth] = jobs.map(({ request }) => queue.add(request).jobId);
  const places = () => new Map(queue.list().map((job) => [job.jobId, job.queuePosition]));
  assert.deepEqual(
    [first, second, third, fourth].map((id) => places().get(id!)),
    [null, 0, 1, 2],
  );
  queue.move(fourth!, 0);
  queue.move(second!, 99);
  assert.deepEqual(
    [first, second, third, fourth].map((id) => places().get(id!)),
    [null, 2, 1, 0],
  );
  assert.throws(
    () => queue.move(first!, 1),
    (error) => isLimnError(error, 'WrongUsage'),
  );
  jobs[0]!.resolve('');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.equal(queue.get(fourth!).state, 'running');
  queue.cancel(third!);
  assert.deepEqual(
    [second, third, fourth].map((id) => places().get(id!)),
    [0, null, null],
  );
  await queue.close();
});

test('a failed job tells its sentence and lets the next one start', async () => {
  const published: JobInfo[] = [];
  const queue = new JobQueue((job) => published.push(job));
  const [first, second] = [controlled(), controlled()];
  const { finished, jobId } = queue.add(first.request);
  queue.add(second.request);
  first.reject(new LimnError('EngineLost', 'The engine ended; try again.'));
  await assert.rejects(finished, (error) => isLimnError(error, 'EngineLost'));
  await new Promise(setImmediate);
  assert.equal(queue.get(jobId).state, 'failed');
  assert.equal(queue.get(jobId).message, 'The engine ended; try again.');
  assert.deepEqual(states(queue), ['failed', 'running']);
  assert.ok(published.some((job) => job.jobId === jobId && job.state === 'failed'));
  await queue.close();
});

test('cancelling reaches a running job through its signal and takes a waiting one out', async () => {
  const queue = new JobQueue(() => undefined);
  const [first, second] = [controlled(), controlled()];
  const a = queue.add(first.request);
  const b = queue.add(second.request);
  queue.cancel(b.jobId);
  await assert.rejects(b.finished, (error) => isLimnError(error, 'Cancelled'));
  assert.equal(second.seen.context, null);
  queue.cancel(a.jobId);
  await assert.rejects(a.finished, (error) => isLimnError(error, 'Cancelled'));
  await new Promise(setImmediate);
  assert.deepEqual(states(queue), ['cancelled', 'cancelled']);
  assert.throws(
    () => queue.cancel(99),
    (error) => isLimnError(error, 'NotFound'),
  );
});

test('a waiting job can be held back, a running one is halted by its own means', async () => {
  const queue = new JobQueue(() => undefined);
  const calls: string[] = [];
  const first = controlled('engine', {
    pause: async () => void calls.push('pause'),
    resume: async () => void calls.push('resume'),
  });
  const second = controlled();
  const a = queue.add(first.request);
  const b = queue.add(second.request);
  await queue.pause(a.jobId);
  await queue.pause(b.jobId);
  assert.deepEqual(states(queue), ['paused', 'paused']);
  await queue.resume(a.jobId);
  assert.deepEqual(calls, ['pause', 'resume']);
  first.resolve('');
  await a.finished;
  await new Promise(setImmediate);
  assert.deepEqual(states(queue), ['done', 'paused']);
  await queue.resume(b.jobId);
  assert.deepEqual(states(queue), ['done', 'running']);
  await assert.rejects(queue.pause(b.jobId), (error) => isLimnError(error, 'WrongUsage'));
  await queue.close();
});

test('a job that ends while it is asked to pause or resume has ended and never starts again', async () => {
  const queue = new JobQueue(() => undefined);
  const asked = Promise.withResolvers<void>();
  let runs = 0;
  const ends = controlled('engine', { pause: () => asked.promise });
  const { jobId, finished } = queue.add({
    ...ends.request,
    run: (context) => {
      runs++;
      return ends.request.run(context);
    },
  });
  const pausing = queue.pause(jobId);
  ends.resolve('');
  await finished;
  await new Promise(setImmediate);
  asked.resolve();
  assert.equal((await pausing).state, 'done');
  assert.equal(queue.busy, false);
  await queue.resume(jobId);
  assert.equal(runs, 1);

  const going = Promise.withResolvers<void>();
  const resumed = controlled('engine', { pause: async () => undefined, resume: () => going.promise });
  const second = queue.add(resumed.request);
  await queue.pause(second.jobId);
  const resuming = queue.resume(second.jobId);
  resumed.resolve('');
  await second.finished;
  await new Promise(setImmediate);
  going.resolve();
  assert.equal((await resuming).state, 'done');
  assert.equal(queue.busy, false);
  await queue.close();
});

test('the remaining time follows the pace and stands still in a pause', async () => {
  let now = 0;
  const published: JobInfo[] = [];
  const queue = new JobQueue(
    (job) => published.push(job),
    () => now,
  );
  const job = controlled('engine', { pause: async () => undefined, resume: async () => undefined });
  const { jobId } = queue.add(job.request);
  now = 10_000;
  job.seen.context?.onProgress({ done: 1, total: 4, note: 'a01' });
  assert.equal(published.at(-1)?.etaSeconds, 30);
  assert.equal(published.at(-1)?.message, 'a01');
  await queue.pause(jobId);
  now = 500_000;
  await queue.resume(jobId);
  assert.equal(published.at(-1)?.etaSeconds, 30);
  now = 510_000;
  job.seen.context?.onProgress({ done: 2, total: 4 });
  assert.equal(published.at(-1)?.etaSeconds, 20);
  job.seen.context?.setRemaining(7);
  now = 512_000;
  job.seen.context?.onProgress({ done: 2, total: 4 });
  assert.equal(published.at(-1)?.etaSeconds, 5);
  await queue.close();
});

test('progress is published at most ten times a second, changes of state always', async () => {
  let now = 0;
  const published: JobInfo[] = [];
  const queue = new JobQueue(
    (job) => published.push(job),
    () => now,
  );
  const job = controlled();
  queue.add(job.request);
  for (let step = 1; step <= 1000; step++) {
    now += 1;
    job.seen.context?.onProgress({ done: step, total: 1000 });
  }
  assert.ok(published.length <= 13, `${published.length} messages in a second`);
  job.resolve('');
  await new Promise(setImmediate);
  assert.deepEqual(
    [published.at(-1)?.state, published.at(-1)?.done, published.at(-1)?.etaSeconds],
    ['done', 1000, null],
  );
});

test('closing cancels everything, waits for it, and takes no more', async () => {
  const queue = new JobQueue(() => undefined);
  let ended = false;
  const { finished } = queue.add({
    kind: 'train',
    title: 'train',
    lane: 'engine',
    run: async (context) => {
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended = true;
      return 'checkpoint kept';
    },
  });
  const waiting = controlled();
  queue.add(waiting.request);
  await queue.close();
  assert.ok(ended);
  assert.equal(await finished, 'checkpoint kept');
  assert.equal(waiting.seen.context, null);
  assert.throws(
    () => queue.add(controlled().request),
    (error) => isLimnError(error, 'Cancelled'),
  );
});
