import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLimnError, LimnError } from '../../../app/errors.ts';
import { PRESETS } from '../../../app/services/trainingPresets.ts';
import { PICTURE, toyRun } from './toyRun.ts';

test('runs the planned steps, tells each loss once, and ends with a checkpoint of the last step', async () => {
  const run = toyRun({ steps: 40 });
  const { end, position } = await run.start();
  assert.equal(end, 'finished');
  assert.equal(position.step, 40);
  assert.deepEqual(
    [...run.losses().keys()],
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  assert.equal(run.checkpoints.last?.position.step, 40);
  assert.equal(run.checkpoints.last?.tensors.get('w')?.[0], run.runner.w);
});

test('going on from a checkpoint gives the losses of a run that was never interrupted', async () => {
  const whole = toyRun({ steps: 60 });
  await whole.start();
  const first = toyRun({ steps: 60 });
  const take = first.options.samples.take;
  first.options.samples.take = (step) => {
    if (step === 22) first.control.end('interrupted');
    return take(step);
  };
  assert.equal((await first.start()).end, 'interrupted');
  const checkpoint = first.checkpoints.last;
  assert.ok(checkpoint);
  assert.equal(checkpoint.position.step, 23);
  const second = toyRun({ steps: 60 }, { start: checkpoint.position, earlierPoints: checkpoint.points });
  await second.runner.load(checkpoint.tensors);
  await second.start();
  // The points that came with the checkpoint stand in for a host that died before it stored them.
  assert.deepEqual([...second.losses()], [...whole.losses()]);
});

test('a time budget ends the run by time and takes the rate to zero', async () => {
  const run = toyRun({ seconds: 0.3 });
  run.runner.stepMilliseconds = 5;
  const { position } = await run.start();
  assert.ok(position.seconds >= 0.3 && position.seconds < 0.6, `${position.seconds} s`);
  const rates = run.events.flatMap((event) =>
    event.type === 'metrics' ? event.points.map((point) => point.learningRate ?? 0) : [],
  );
  assert.ok((rates.at(-1) ?? 1) < 0.01 * run.options.plan.learningRate);
});

test('stop and pause act at a step boundary, and time stands while paused', async () => {
  const run = toyRun({ steps: 100_000 });
  run.runner.stepMilliseconds = 2;
  const running = run.start();
  await new Promise((resolve) => setTimeout(resolve, 60));
  run.control.pause();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const pausedAt = run.checkpoints.last?.position;
  assert.ok(pausedAt, 'a pause keeps a checkpoint');
  await new Promise((resolve) => setTimeout(resolve, 200));
  run.control.resume();
  await new Promise((resolve) => setTimeout(resolve, 30));
  run.control.end('stopped');
  const { end, position } = await running;
  assert.equal(end, 'stopped');
  assert.ok(position.step > pausedAt.step);
  assert.ok(position.seconds - pausedAt.seconds < 0.15, `${position.seconds - pausedAt.seconds} s counted`);
});

test('checkpoints are started at the wanted interval and carry the points since the one before', async () => {
  const run = toyRun({ seconds: 0.5 }, { checkpointMilliseconds: 100 });
  run.runner.stepMilliseconds = 4;
  await run.start();
  const last = run.checkpoints.last;
  // On a busy machine steps take longer than theirs, and so do the intervals that end with one.
  const fewest = (last?.position.step ?? 0) > 90 ? 4 : 2;
  assert.ok(
    run.checkpoints.writes >= fewest && run.checkpoints.writes <= 7,
    `${run.checkpoints.writes} checkpoints`,
  );
  assert.ok(last && last.points.length > 0);
  assert.equal(last.points.at(-1)?.step, last.position.step);
});

test('a loss that is not a number goes back once with a quarter of the rate', async () => {
  const run = toyRun(
    { steps: 30 },
    { plan: { ...PRESETS.fast, learningRate: 0.1, schedule: 'constant', warmupSteps: 0 } },
  );
  run.runner.diverges = (step, rate) => step === 12 && rate > 0.05;
  const { end, position } = await run.start();
  assert.equal(end, 'finished');
  assert.equal(position.rollbacks, 1);
  assert.equal(position.rateFactor, 0.25);
  assert.deepEqual(
    [...run.losses().keys()].sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  assert.ok(run.events.some((event) => event.type === 'note' && /step 12/.test(event.message)));
});

test('a run that diverges again is given up with the reason', async () => {
  const run = toyRun({ steps: 30 });
  run.runner.diverges = (step) => step === 12;
  await assert.rejects(
    run.start(),
    (error) => isLimnError(error, 'TrainingDiverged') && /learning rate/.test(error.message),
  );
});

test('weights that are not finite never replace a good checkpoint', async () => {
  const run = toyRun({ steps: 30 });
  run.checkpoints.writeLast = async () => ({ kind: 'not-finite', tensor: 'w' });
  const { position } = await run.start();
  assert.equal(position.rollbacks, 1);
  assert.equal(run.checkpoints.last, null);
});

test('the best weights by validation are kept, and validation stays within its share of the time', async () => {
  const scores = [3, 1, 2, 4, 5];
  let validations = 0;
  const seen: number[] = [];
  const run = toyRun(
    { steps: 100 },
    {
      plan: { ...PRESETS.fast, learningRate: 0.1, validationEvery: 20 },
      validator: {
        score: async (weights) => {
          seen.push(weights.get('w')?.[0] ?? Number.NaN);
          return { loss: scores[validations++] ?? 9, iou: 0.5, f1: 0.5, picture: PICTURE };
        },
      },
    },
  );
  const { position } = await run.start();
  assert.ok(validations >= 2 && validations <= 5, `${validations} validations`);
  assert.equal(position.best?.validationLoss, 1);
  assert.equal(run.checkpoints.best?.tensors.get('w')?.[0], seen[1]);
  const slow = toyRun(
    { seconds: 0.6 },
    {
      plan: { ...PRESETS.fast, validationEvery: 1 },
      validator: {
        score: () =>
          new Promise((resolve) =>
            setTimeout(() => resolve({ loss: 1, iou: null, f1: null, picture: PICTURE }), 20),
          ),
      },
    },
  );
  slow.runner.stepMilliseconds = 2;
  const slowPosition = (await slow.start()).position;
  // The last validation, after the end, does not count against the share.
  assert.ok(
    slowPosition.validationSeconds - 0.025 < 0.08 * 0.6 + 0.025,
    `${slowPosition.validationSeconds} s`,
  );
});

test('a full disk is told once and does not end the training; at the very end it does', async () => {
  const run = toyRun({ seconds: 0.3 }, { checkpointMilliseconds: 40 });
  run.runner.stepMilliseconds = 4;
  run.checkpoints.failure = new LimnError('DiskFull', 'The disk is full; free some space.');
  await assert.rejects(run.start(), (error) => isLimnError(error, 'DiskFull'));
  assert.equal(run.events.filter((event) => event.type === 'note').length, 1);
});

test('pictures come with validations, or by themselves within a hundredth of the time', async () => {
  const validated = toyRun(
    { steps: 60 },
    {
      plan: { ...PRESETS.fast, validationEvery: 20 },
      validator: { score: async () => ({ loss: 1, iou: null, f1: null, picture: PICTURE }) },
    },
  );
  await validated.start();
  assert.equal(validated.pictures.at(-1), 60);
  let seconds = 0;
  const alone = toyRun(
    { seconds: 1 },
    {
      plan: { ...PRESETS.fast, validationEvery: 1 },
      previewer: {
        picture: async () => {
          seconds += 0.004;
          await new Promise((resolve) => setTimeout(resolve, 4));
          return PICTURE;
        },
      },
    },
  );
  alone.runner.stepMilliseconds = 1;
  await alone.start();
  assert.ok(alone.pictures.length >= 1 && seconds <= 0.02, `${seconds} s`);
  assert.equal(alone.events.filter(({ type }) => type === 'sample').length, alone.pictures.length);
});

test('checkpoints that are dear are written more seldom, but never as seldom as their share alone would have it', async () => {
  const writes = async (writeMilliseconds: number): Promise<number> => {
    const run = toyRun({ seconds: 1.5 }, { checkpointMilliseconds: 60 });
    run.runner.stepMilliseconds = 2;
    run.checkpoints.writeMilliseconds = writeMilliseconds;
    await run.start();
    return run.checkpoints.writes;
  };
  // 0.5 ms is 1.8 % of less than the usual 60 ms; 20 ms would be that of a second, but twice the usual is the limit.
  const cheap = await writes(0.5);
  const dear = await writes(20);
  assert.ok(cheap > 1.3 * dear, `${cheap} and ${dear}`);
  assert.ok(dear >= 5, `${dear}`);
});

test('without a lower validation loss for as long as its patience a run ends, also when it was interrupted between', async () => {
  const losses = [5, 4, 6, 6, 3, 7, 7, 7, 1];
  let validations = 0;
  const overrides = {
    plan: { ...PRESETS.fast, validationEvery: 1, patience: 3 },
    validator: {
      score: async () => ({ loss: losses[validations++] ?? 9, iou: null, f1: null, picture: PICTURE }),
    },
  };
  const first = toyRun({ steps: 100_000 }, overrides);
  first.runner.stepMilliseconds = 1;
  const take = first.options.samples.take;
  first.options.samples.take = (step) => {
    if (validations === 6) first.control.end('interrupted');
    return take(step);
  };
  assert.equal((await first.start()).end, 'interrupted');
  const checkpoint = first.checkpoints.last;
  assert.ok(checkpoint);
  // The fifth was the best; the step that was under way may have been validated once more.
  assert.equal(checkpoint.position.validationsSinceBest, validations - 5);
  const second = toyRun({ steps: 100_000 }, { ...overrides, start: checkpoint.position });
  second.runner.stepMilliseconds = 1;
  const { end, position } = await second.start();
  assert.equal(end, 'converged');
  assert.equal(validations, 8);
  assert.equal(position.best?.validationLoss, 3);
  assert.ok(position.step < 100_000);
});
