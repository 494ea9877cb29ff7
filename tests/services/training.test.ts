import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { readModel } from '../../app/engine/modelFile.ts';
import { isLimnError } from '../../app/errors.ts';
import { evaluate } from '../../app/services/evaluationService.ts';
import { importImages } from '../../app/services/importService.ts';
import { descriptionOf, listModels, resolveModel } from '../../app/services/modelService.ts';
import { predictImages } from '../../app/services/predictionService.ts';
import type { TrainEvent, TrainRequest } from '../../app/services/requests.ts';
import { listRunSamples, readRunSample } from '../../app/services/runSamples.ts';
import { listRuns, TrainingService } from '../../app/services/trainingService.ts';
import { SIDE, smallProject, testFolder, writeImages } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

/** A network that takes milliseconds a step. */
const TINY: TrainRequest = { baseFilters: 4, depth: 2, tileSize: 32, device: 'cpu', threads: 1, seed: 3 };

test('a training from a real store learns, and its model predicts, scores and exports', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  const events: TrainEvent[] = [];
  const run = await service.train(
    project,
    { ...TINY, steps: 150, images: '0-1', validation: '2', learningRate: 4e-3 },
    { onEvent: (event) => events.push(event) },
  );
  assert.equal(run.state, 'finished');
  assert.equal(run.step, 150);
  const metrics = project.store.runs.metrics(run.runId);
  assert.deepEqual(
    metrics.map((point) => point.step),
    Array.from({ length: 150 }, (_, i) => i + 1),
  );
  const mean = (part: typeof metrics): number =>
    part.reduce((sum, point) => sum + (point.loss ?? 0), 0) / part.length;
  assert.ok(mean(metrics.slice(-20)) < 0.7 * mean(metrics.slice(0, 20)), 'the loss falls');
  assert.ok(
    metrics.some(
      (point) => point.validationLoss !== null && point.validationIou !== null && point.validationF1 !== null,
    ),
  );
  assert.deepEqual(
    events.filter(({ type }) => type === 'started' || type === 'ended').map(({ type }) => type),
    ['started', 'ended'],
  );
  const row = project.store.runs.get(run.runId);
  assert.ok(row.checkpointPath && existsSync(join(project.runsFolder, row.checkpointPath)));

  const samples = listRunSamples(project, run.runId);
  assert.deepEqual(
    samples,
    events.flatMap((event) => (event.type === 'sample' ? [event.sample] : [])),
  );
  assert.equal(samples.at(-1)?.step, 150);
  const picture = readRunSample(project, run.runId, 150);
  assert.deepEqual(picture.shape, { y: 32, x: 32 });
  assert.ok(picture.probability.every((p) => p >= 0 && p <= 1) && picture.label.includes(2));

  const best = resolveModel(project);
  assert.equal(best.modelId, run.modelId);
  const description = descriptionOf(best);
  assert.deepEqual(description.classNames, ['background', 'nucleus']);
  assert.equal(description.training['seed'], 3);
  assert.equal(
    description.training['learningRate'],
    row.plan && (row.plan as { hyperParameters: { learningRate: number } }).hyperParameters.learningRate,
  );
  assert.equal(description.pixelSizeUm, 0.5);
  const { classOffsets = [] } = description;
  assert.ok(
    classOffsets.length === 2 && classOffsets[0] === 0 && classOffsets[1] !== 0,
    String(classOffsets),
  );
  assert.ok(listModels(project).length >= 1);

  const report = await evaluate(project, engine, {});
  assert.equal(report.images.length, 3);
  assert.ok(report.overall.pixelError < 0.2, `pixel error ${report.overall.pixelError}`);
  assert.equal(project.store.predictions.list().length, 0);

  const before = project.store.labels.readPlane(1, 0, 0);
  const predicted = await predictImages(project, engine, { images: '0' });
  assert.equal(predicted.length, 1);
  assert.ok((predicted[0]?.objects ?? 0) > 0);
  assert.deepEqual(project.store.labels.readPlane(1, 0, 0), before);
  project.close();
});

test('the same seed gives the same losses to the bit, another seed does not', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  const losses = async (seed: number): Promise<(number | null)[]> => {
    const { runId } = await service.train(project, { ...TINY, preset: 'paper', steps: 12, seed });
    return project.store.runs.metrics(runId).map((point) => point.loss);
  };
  const first = await losses(1);
  assert.deepEqual(await losses(1), first);
  assert.notDeepEqual(await losses(2), first);
  project.close();
});

test('labels that cannot be learnt from are refused with a sentence, and no run is stored', async (t) => {
  const folder = testFolder(t);
  const service = new TrainingService(engine);
  const cases: [string, (label: number) => number, RegExp][] = [
    ['nothing', () => 0, /Nothing is labelled/],
    ['objects', (label) => (label > 0 ? label + 1 : 0), /background/],
    ['background', (label) => (label > 0 ? 0 : 1), /no object/],
  ];
  for (const [name, relabel, sentence] of cases) {
    const project = await smallProject(join(folder, name), { relabel, count: 1 });
    await assert.rejects(
      service.train(project, TINY),
      (error) => isLimnError(error, 'NotEnoughLabels') && sentence.test(error.message),
    );
    assert.deepEqual(listRuns(project), []);
    project.close();
  }
});

test('an image of one value and a model that is none are refused by name, and no run is stored', async (t) => {
  const folder = testFolder(t);
  const project = await smallProject(folder, { count: 1 });
  const service = new TrainingService(engine);
  const garbage = join(folder, 'garbage.onnx');
  writeFileSync(garbage, 'no model');
  for (const [init, sentence] of [
    [garbage, /garbage\.onnx.*not a complete ONNX/],
    [join(folder, 'missing.onnx'), /missing\.onnx/],
    ['9', /no model 9/],
  ] as const) {
    await assert.rejects(
      service.train(project, { ...TINY, steps: 1, init }),
      (error) => isLimnError(error) && sentence.test(error.message),
    );
  }
  await writeImages(join(folder, 'flat'), [new Uint8Array(SIDE * SIDE).fill(7)]);
  await importImages(project, {
    paths: [join(folder, 'flat')],
    labels: join(folder, 'labels'),
    labelKind: 'instances',
  });
  await assert.rejects(
    service.train(project, { ...TINY, steps: 1 }),
    (error) => isLimnError(error, 'InvalidInput') && /'cell0.*same value/.test(error.message),
  );
  assert.deepEqual(listRuns(project), []);
  project.close();
});

test('validating on what is trained on is refused', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  await assert.rejects(
    service.train(project, { ...TINY, steps: 2, images: '0-1', validation: '1-2' }),
    (error) => isLimnError(error) && /cell1/.test(error.message),
  );
  project.close();
});

test('fine-tuning takes every weight over but those of the last layer when a class was added', async (t) => {
  const project = await smallProject(testFolder(t));
  const service = new TrainingService(engine);
  const base = await service.train(project, { ...TINY, steps: 3 });
  const before = readModel(project.store.models.readBytes(base.modelId ?? 0)).weights;
  const taken: string[] = [];
  const onEvent = (event: TrainEvent): void => {
    if (event.type === 'started') taken.push(event.description);
  };
  // A rate this low leaves what was taken over as good as unchanged.
  const request = { ...TINY, steps: 2, learningRate: 1e-12, init: String(base.modelId) };
  const same = await service.train(project, request, { onEvent });
  assert.match(taken[0] ?? '', /(\d+) of \1 parameters taken over/);
  project.store.classes.add({ name: 'mitosis', kind: 'thing' });
  const grown = await service.train(project, { ...request, images: '0-2' }, { onEvent });
  for (const [run, changed] of [
    [same, []],
    [grown, ['score.kernel', 'score.bias']],
  ] as const) {
    const { weights, description } = readModel(project.store.models.readBytes(run.modelId ?? 0));
    assert.equal(description.network.classes, changed.length > 0 ? 3 : 2);
    for (const [name, values] of before) {
      if (/running|mean|ariance/i.test(name)) continue;
      const now = weights.get(name);
      const kept =
        now?.length === values.length && values.every((value, i) => Math.abs(value - now[i]!) < 1e-6);
      assert.equal(kept, !changed.some((other) => other === name), name);
    }
  }
  project.close();
});
