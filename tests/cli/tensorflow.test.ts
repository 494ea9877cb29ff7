/** Trainings on TensorFlow.js by command line: interrupted, gone on with, predicted with, and refused. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModelSummary, PredictedImage, RunSummary } from '../../app/services/requests.ts';
import { limnJson, runLimn, startLimn, temporaryFolder } from '../support/runLimn.ts';

const TINY = [
  ['--base-filters', '2'],
  ['--depth', '1'],
  ['--tile-size', '32'],
  ['--batch-size', '1'],
  ['--threads', '1'],
  ['--seed', '7'],
].flat();

async function sampleProject(folder: string): Promise<string> {
  const project = join(folder, 'p.limn');
  await limnJson('sample', join(folder, 'sample'), '--kind', 'nuclei', '--count', '2', '--seed', '5');
  await limnJson('new', project, '--classes', 'nucleus');
  const labels = join(folder, 'sample/labels');
  await limnJson('import', project, join(folder, 'sample/images'), '--labels', labels);
  return project;
}

test('a training on TensorFlow.js resumes, its loss is that of ONNX Runtime, and its model predicts', async (t) => {
  const project = await sampleProject(temporaryFolder(t));
  const steps = ['--steps', '30', '--validation', '0.5'];
  const { child, done } = startLimn(['train', project, '--engine', 'tfjs', ...steps, ...TINY, '--json']);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('"type":"metrics"')) child.kill('SIGINT');
  });
  const stopped = await done;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stdout, /"why":"TensorFlow\.js was asked for: @tensorflow\/tfjs/);
  const resumed = await runLimn('train', project, '--resume', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stdout, /"device":"tfjs".*"description":"Goes on at step/);
  const other = await runLimn('train', project, ...steps, ...TINY, '--device', 'cpu');
  assert.equal(other.code, 0, other.stderr);
  const [tfjs, onnx] = await limnJson<RunSummary[]>('runs', project);
  assert.deepEqual([tfjs?.device, tfjs?.state, tfjs?.step], ['tfjs', 'finished', 30]);
  assert.deepEqual([onnx?.device, onnx?.state, onnx?.step], ['cpu', 'finished', 30]);
  assert.ok(Math.abs(tfjs!.lastLoss! - onnx!.lastLoss!) < 1e-3, `${tfjs!.lastLoss} and ${onnx!.lastLoss}`);
  assert.ok(Math.abs(tfjs!.bestValidationLoss! - onnx!.bestValidationLoss!) < 1e-3);
  const [model] = await limnJson<ModelSummary[]>('models', project);
  const predicted = await limnJson<PredictedImage[]>('predict', project, '--model', String(model!.modelId));
  assert.equal(predicted.length, 2);
  assert.equal((await runLimn('doctor', project)).code, 0);
  const init = ['--init', String(model!.modelId), '--device', 'cpu'];
  const tuning = await runLimn('train', project, '--steps', '1', ...TINY, ...init);
  assert.match(tuning.stdout, /(\d+) of \1 parameters taken over/);
  const [, , tuned] = await limnJson<RunSummary[]>('runs', project);
  assert.equal(tuned?.state, 'finished');
});

test('what TensorFlow.js cannot do is refused in one sentence before a run is stored', async (t) => {
  const project = await sampleProject(temporaryFolder(t));
  const device = await runLimn('train', project, '--engine', 'tfjs', '--device', 'webgpu');
  assert.equal(device.code, 2);
  assert.match(device.stderr, /^limn: TensorFlow\.js chooses its device itself; leave out --device webgpu/);
  const devices = await limnJson<{ name: string; software: boolean; reason: string | null }[]>('devices');
  const tfjs = devices.find(({ name }) => name === 'tfjs');
  assert.ok(tfjs);
  if (tfjs.software) {
    assert.match(tfjs.reason ?? '', /tfjs-node-gpu/);
    const large = await runLimn('train', project, '--engine', 'tfjs', '--steps', '1');
    assert.equal(large.code, 4);
    assert.match(large.stderr, /^limn: .* some \d+ minutes; install .*, or leave --engine out\.\n$/);
  }
  assert.deepEqual(await limnJson<RunSummary[]>('runs', project), []);
});
