/** FCNs through the services: staged from coarse to fine, then predicting. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { EngineHost } from '../../app/engine/host.ts';
import { readModel } from '../../app/engine/modelFile.ts';
import { decodeLayers } from '../../app/engine/onnx/decodeLayers.ts';
import { isLimnError } from '../../app/errors.ts';
import { descriptionOf, resolveModel } from '../../app/services/modelService.ts';
import { predictImages } from '../../app/services/predictionService.ts';
import type { TrainEvent, TrainRequest } from '../../app/services/requests.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { largestDifference } from '../engine/graph/runGraph.ts';
import { smallProject, testFolder } from './smallProject.ts';

const FIXTURE = new URL('../fixtures/onnx/alexnet-narrow.onnx.gz', import.meta.url);

const engine = new EngineHost();
after(() => engine.close());

// One pass an update, not the minibatch of 20: what is tested here needs no smooth gradient.
const TINY: TrainRequest = {
  baseFilters: 4,
  tileSize: 387,
  accumulate: 1,
  device: 'cpu',
  threads: 1,
  seed: 3,
};

test('FCN-32s, 16s and 8s train one from the other, each predicts', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  let init = 'scratch';
  const taken: string[] = [];
  for (const preset of ['fcn-32s', 'fcn-16s', 'fcn-8s'] as const) {
    const events: TrainEvent[] = [];
    const steps = preset === 'fcn-32s' ? 40 : 6;
    const request: TrainRequest = { ...TINY, preset, backbone: 'alexnet', init, steps };
    if (preset === 'fcn-32s') request.learningRate = 0.02;
    const run = await service.train(project, request, { onEvent: (event) => events.push(event) });
    assert.equal(run.state, 'finished');
    const losses = project.store.runs.metrics(run.runId).map((point) => point.loss ?? Number.NaN);
    const mean = (part: number[]): number => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    if (preset === 'fcn-32s')
      assert.ok(mean(losses.slice(-10)) < 0.95 * mean(losses.slice(0, 10)), String(losses));
    const started = events.find((event) => event.type === 'started');
    taken.push(/(\d+ of \d+) parameters taken over/.exec(started?.description ?? '')?.[1] ?? 'none');
    const model = resolveModel(project, 'last');
    const { network, training } = descriptionOf(model);
    assert.equal(
      network.kind === 'fcn' && `${network.backbone} ${network.finestStride}`,
      `alexnet ${preset.slice(4, -1)}`,
    );
    assert.equal(training['optimiser.weightDecay'], 5e-4);
    init = String(model.modelId);
  }
  // Seven layers and the score; then upsampling and score of the next stage each.
  assert.deepEqual(taken, ['none', '16 of 19', '19 of 22']);
  const [predicted] = await predictImages(project, engine, { images: '0' });
  assert.equal(predicted?.planes, 1);
  project.close();
});

test('where only the output layers learn, the features stay as they were to the bit', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  const weightsOf = (modelId: number | null) =>
    readModel(project.store.models.readBytes(modelId ?? 0)).weights;
  const tiny: TrainRequest = { ...TINY, preset: 'fcn-32s', backbone: 'alexnet', steps: 1 };
  const first = await service.train(project, tiny);
  const request: TrainRequest = { ...tiny, init: 'last', layers: 'output', steps: 2, learningRate: 0.1 };
  const second = await service.train(project, request);
  const [before, after] = [weightsOf(first.modelId), weightsOf(second.modelId)];
  for (const [name, data] of before) {
    if (name.startsWith('score')) assert.notDeepEqual(after.get(name), data, name);
    else assert.deepEqual(after.get(name), data, name);
  }
  project.close();
});

test("a classifier's file is begun with, and the table tells what was taken of it", async (t) => {
  const folder = testFolder(t);
  const backboneWeights = join(folder, 'alexnet.onnx');
  writeFileSync(backboneWeights, gunzipSync(readFileSync(FIXTURE)));
  const project = await smallProject(folder);
  const service = new TrainingService(engine);
  const events: TrainEvent[] = [];
  const request: TrainRequest = {
    ...TINY,
    preset: 'fcn-32s',
    backbone: 'alexnet',
    baseFilters: 2,
    backboneWeights,
  };
  const run = await service.train(
    project,
    { ...request, steps: 1, learningRate: 1e-9 },
    { onEvent: (event) => events.push(event) },
  );
  const table = events.find((event) => event.type === 'backbone');
  assert.deepEqual(
    [table?.file, table?.layers.length, table?.unused],
    [backboneWeights, 7, ['classifier.6.weight 3×128']],
  );
  assert.ok(table?.layers.every(({ from }) => from !== null));
  const model = readModel(project.store.models.readBytes(run.modelId ?? 0));
  const [conv5] = decodeLayers(readFileSync(backboneWeights)).filter(
    ({ shape }) => shape.join() === '8,6,3,3',
  );
  assert.ok(largestDifference(model.weights.get('conv5.kernel') ?? [], conv5?.kernel ?? []) < 1e-6);
  assert.equal(model.description.training['backboneWeights'], backboneWeights);
  const runs = project.store.runs.list().length;
  const text = join(folder, 'text.onnx');
  writeFileSync(text, 'no model');
  for (const [changes, tag, sentence] of [
    [{ init: 'last' }, 'WrongUsage', /either --init or --backbone-weights/],
    [{ preset: 'fast', backbone: undefined }, 'WrongUsage', /Only FCNs/],
    [{ backboneWeights: text }, 'CorruptFile', /text\.onnx/],
    [{ backboneWeights: join(folder, 'none.onnx') }, 'NotFound', /none\.onnx/],
    [{ baseFilters: 16 }, 'InvalidInput', /4×3×11×11, 24×1×11×11 is needed/],
  ] as const) {
    const wrong = Object.fromEntries(
      Object.entries({ ...request, steps: 1, ...changes }).filter(([, value]) => value !== undefined),
    ) as TrainRequest;
    await assert.rejects(
      service.train(project, wrong),
      (error) => isLimnError(error, tag) && sentence.test(error.message),
    );
  }
  assert.equal(project.store.runs.list().length, runs);
  project.close();
});

test('options that an FCN does not have, or that only an FCN has, are refused', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  for (const [request, sentence] of [
    [{ preset: 'fcn-8s', depth: 3 }, /leave --depth out/],
    [{ preset: 'fast', backbone: 'vgg16' }, /leave --backbone out/],
    [{ preset: 'fcn-32s', layers: 'output' }, /--init or --backbone-weights/],
  ] as const) {
    await assert.rejects(
      service.train(project, { ...request, steps: 1 }),
      (error) => isLimnError(error, 'WrongUsage') && sentence.test(error.message),
    );
  }
  project.close();
});
