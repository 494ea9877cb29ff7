import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import {
  addImage,
  addModel,
  assertSamePixels,
  createStore,
  openStore,
  temporaryFolder,
} from './testProject.ts';

test('a model of several megabytes comes back to the bit', (context) => {
  const path = join(temporaryFolder(context), 'p.limn');
  const bytes = Uint8Array.from({ length: 2_500_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
  const store = createStore(path);
  const row = addModel(store, bytes);
  store.close();
  const reopened = openStore(path, 'read');
  context.after(() => reopened.close());
  assert.deepEqual(reopened.models.get(row.modelId), row);
  assertSamePixels(reopened.models.readBytes(row.modelId), bytes);
  assert.equal(row.byteLength, bytes.length);
  assert.deepEqual(row.description, { classNames: ['background', 'cell'] });
});

test('a run keeps its plan, and a later metric point of a step completes the first', (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const plan = { steps: 100, channels: [0, 1], init: null };
  const { runId } = store.runs.create(plan);
  assert.deepEqual(store.runs.get(runId).plan, plan);
  const empty = { learningRate: null, validationLoss: null, validationIou: null, validationF1: null };
  store.runs.appendMetrics(runId, [
    { step: 10, seconds: 1, loss: 0.5, ...empty },
    { step: 20, seconds: 2, loss: 0.4, ...empty },
  ]);
  store.runs.appendMetrics(runId, [{ step: 20, seconds: 2.5, loss: null, ...empty, validationLoss: 0.6 }]);
  assert.deepEqual(store.runs.metrics(runId), [
    { step: 10, seconds: 1, loss: 0.5, ...empty },
    { step: 20, seconds: 2.5, loss: 0.4, ...empty, validationLoss: 0.6 },
  ]);
  assert.deepEqual(store.runs.lossesOf(runId), { lastLoss: 0.4, bestValidationLoss: 0.6 });
  store.runs.truncateMetrics(runId, 10);
  assert.deepEqual(
    store.runs.metrics(runId).map((point) => point.step),
    [10],
  );
  store.runs.update(runId, { state: 'finished', step: 20, seconds: 2.5, message: null });
  assert.equal(store.runs.get(runId).state, 'finished');
  assert.throws(
    () => store.runs.get(99),
    (error) => isLimnError(error, 'NotFound'),
  );
});

test('a prediction comes back to the bit, replaces the one before, and touches no label', async (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const [y, x] = [300, 280];
  const imageId = await addImage(store, { y, x, z: 2 });
  store.edits.apply({
    imageId,
    t: 0,
    z: 1,
    kind: 'brush',
    regions: [{ x: 0, y: 0, w: x, h: 3, labels: new Uint32Array(3 * x).fill(1) }],
  });
  const labels = store.labels.readPlane(imageId, 0, 1);
  const { modelId } = addModel(store, new Uint8Array(10));
  const foreground = Float32Array.from({ length: 2 * y * x }, (_, i) => ((i * 37) % 997) / 2000);
  const instances = Uint32Array.from({ length: y * x }, (_, i) => Math.floor(i / 20_000));
  const classIndexOf = Uint8Array.of(0, 1, 2, 1, 2);
  await store.predictions.write({
    imageId,
    modelId,
    t: 0,
    z: 1,
    foreground: foreground.map((p) => p / 2),
    instances,
    classIndexOf,
  });
  const row = await store.predictions.write({
    imageId,
    modelId,
    t: 0,
    z: 1,
    foreground,
    instances,
    classIndexOf,
  });
  assert.deepEqual(store.predictions.list(), [row]);
  assert.equal(row.objects, 4);
  assertSamePixels(store.predictions.readForeground(imageId, 0, 1), foreground);
  const read = store.predictions.readInstances(imageId, 0, 1);
  assertSamePixels(read.labels, instances);
  assertSamePixels(read.classIndexOf, classIndexOf);
  const second = store.predictions.readProbability(imageId, 0, 1, 2);
  assertSamePixels(second, foreground.subarray(y * x));
  const background = store.predictions.readProbability(imageId, 0, 1, 0);
  assert.equal(background[5], Math.fround(1 - ((foreground[5] ?? 0) + (foreground[y * x + 5] ?? 0))));
  assertSamePixels(store.labels.readPlane(imageId, 0, 1), labels);
  assert.equal(store.predictions.get(imageId, 0, 0), undefined);
  assert.throws(
    () => store.predictions.readInstances(imageId, 0, 0),
    (error) => isLimnError(error, 'NotFound'),
  );
  await assert.rejects(
    store.predictions.write({
      imageId,
      modelId,
      t: 0,
      z: 0,
      foreground: new Float32Array(7),
      instances,
      classIndexOf,
    }),
    (error) => isLimnError(error, 'InvalidInput'),
  );
});

test('classes keep their order and refuse names that mean something else', (context) => {
  const store = createStore(join(temporaryFolder(context), 'p.limn'));
  context.after(() => store.close());
  const first = store.classes.add({ name: 'nucleus', kind: 'thing' });
  const second = store.classes.add({ name: ' membrane ', kind: 'stuff', colour: '#123456' });
  assert.deepEqual(
    store.classes.list().map((row) => [row.position, row.name, row.kind]),
    [
      [1, 'nucleus', 'thing'],
      [2, 'membrane', 'stuff'],
    ],
  );
  assert.notEqual(first.colour, second.colour);
  assert.equal(store.classes.update(second.classId, { name: 'wall' }).name, 'wall');
  for (const name of ['nucleus', 'background', 'unlabelled', '  ']) {
    assert.throws(
      () => store.classes.add({ name, kind: 'thing' }),
      (error) => isLimnError(error, 'InvalidInput'),
      name,
    );
  }
});
