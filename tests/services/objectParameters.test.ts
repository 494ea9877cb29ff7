/** Object parameters of a model: set, cut anew, fitted to labels; two discs of known probability are the truth. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EngineHost } from '../../app/engine/host.ts';
import { exportModel, readModel } from '../../app/engine/modelFile.ts';
import { createHandlers } from '../../app/engine/process/handlers.ts';
import { applyEdit } from '../../app/services/labelService.ts';
import {
  fitObjectParameters,
  modelObjects,
  setObjectParameters,
} from '../../app/services/objectParameters.ts';
import { createProject } from '../../app/services/project.ts';
import { addImage, temporaryFolder } from '../store/testProject.ts';
import { tinyModel } from '../support/tinyModel.ts';

const SHAPE = { y: 40, x: 90 };

/** Discs of radius 8 at 0.6, 0.9 and 0.6; the third lies where nothing is labelled. */
const DISCS = [
  { x: 15, p: 0.6 },
  { x: 40, p: 0.9 },
  { x: 72, p: 0.6 },
];

function discs(valueIn: (n: number) => number, elsewhere: (x: number) => number): number[] {
  return Array.from({ length: SHAPE.y * SHAPE.x }, (_, i) => {
    const [x, y] = [i % SHAPE.x, Math.floor(i / SHAPE.x)];
    const n = DISCS.findIndex((disc) => (x - disc.x) ** 2 + (y - 20) ** 2 <= 64);
    return n < 0 ? elsewhere(x) : valueIn(n);
  });
}

/** The engine's handlers in this process. */
function engineHere(): EngineHost {
  const handlers = createHandlers() as unknown as Record<
    string,
    (params: unknown, context: object) => unknown
  >;
  const request = (method: string, params: unknown) =>
    handlers[method]!(params, { signal: new AbortController().signal, emit: () => undefined });
  return { request } as unknown as EngineHost;
}

async function prepare(context: TestContext, threshold: number) {
  const project = createProject(join(temporaryFolder(context), 'p.limn'), { classes: ['cell'] });
  context.after(() => project.close());
  const { store } = project;
  const imageId = await addImage(store, SHAPE);
  const labels = Uint32Array.from(
    discs(
      (n) => (n < 2 ? n + 2 : 0),
      (x) => (x < 55 ? 1 : 0),
    ),
  );
  const created = [2, 3].map((label) => ({ label, classId: 1 }));
  const regions = [{ x: 0, y: 0, w: SHAPE.x, h: SHAPE.y }];
  applyEdit(project, imageId, { t: 0, z: 0, kind: 'brush', regions, created }, [labels]);
  const { description: plain, weights } = tinyModel(['cell']);
  const description = { ...plain, instances: { ...plain.instances, threshold } };
  const row = {
    name: 'm',
    runId: null,
    role: 'best' as const,
    step: 1,
    description,
    parameters: 1,
    validationLoss: null,
  };
  const { modelId } = store.models.add(row, exportModel(description, weights));
  const foreground = Float32Array.from(
    discs(
      (n) => DISCS[n]!.p,
      () => 0.05,
    ),
  );
  const instances = new Uint32Array(foreground.length);
  await store.predictions.write({
    imageId,
    modelId,
    t: 0,
    z: 0,
    foreground,
    instances,
    classIndexOf: Uint8Array.of(0),
  });
  return { project, imageId, modelId, labels, foreground, weights };
}

test('a new threshold cuts the predictions anew, and stands in the model file; labels and probabilities stay', async (context) => {
  const { project, imageId, modelId, labels, foreground, weights } = await prepare(context, 0.5);
  const { store } = project;
  const engine = engineHere();
  const report = await setObjectParameters(project, engine, { change: { threshold: 0.7 } });
  assert.deepEqual([report.modelId, report.planes, report.objects], [modelId, 1, 1]);
  const cut = store.predictions.readInstances(imageId, 0, 0);
  assert.deepEqual(
    Array.from(cut.labels),
    discs(
      (n) => (n === 1 ? 1 : 0),
      () => 0,
    ),
  );
  assert.deepEqual(Array.from(cut.classIndexOf), [0, 1]);
  assert.deepEqual(store.predictions.readForeground(imageId, 0, 0), foreground);
  assert.deepEqual(store.labels.readPlane(imageId, 0, 0), labels);
  const file = readModel(store.models.readBytes(modelId));
  assert.equal(file.description.instances.threshold, 0.7);
  for (const [name, values] of weights) assert.deepEqual(file.weights.get(name), values);
  assert.equal(modelObjects(project).parameters.threshold, 0.7);
  const same = await setObjectParameters(project, engine, { change: { threshold: 0.7, clearBorder: false } });
  assert.equal(same.planes, 0, 'nothing to do');
});

test('the fit finds both painted discs and does not ask for what nobody has labelled', async (context) => {
  const { project } = await prepare(context, 0.7);
  const fit = await fitObjectParameters(project, engineHere(), {});
  assert.ok(Math.abs(fit.before - 2 / 3) < 1e-9, 'one of two found: precision 1, recall ½');
  assert.equal(fit.after, 1);
  assert.ok(fit.parameters.threshold < 0.6);
  assert.equal(modelObjects(project).parameters.threshold, 0.7, 'a fit changes nothing by itself');
});

test('values that make no sense and projects without a labelled object are refused in a sentence', async (context) => {
  const { project } = await prepare(context, 0.5);
  const set = (change: object) => setObjectParameters(project, engineHere(), { change });
  await assert.rejects(set({ threshold: 1.5 }), {
    tag: 'WrongUsage',
    message: /^The threshold must be a number from 0 to 1/,
  });
  await assert.rejects(set({ minimumSizePx: 2.5 }), { tag: 'WrongUsage', message: /whole number/ });
  project.store.edits.undo(1);
  await assert.rejects(fitObjectParameters(project, engineHere(), {}), { tag: 'NotEnoughLabels' });
});
