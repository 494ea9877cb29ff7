import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainBody } from '../../../app/api/schemas.ts';
import { hyperParametersOf } from '../../../app/services/trainingPlan.ts';
import { requestOf } from '../../../renderer/state/training.ts';

test('what another preset’s network does not know is left out, so that the backend takes the request', () => {
  const advanced = { depth: 3, backbone: 'alexnet', backboneWeights: '/a.onnx', seed: 4 } as const;
  for (const [preset, network] of [
    ['fast', 'unet'],
    ['fcn-8s', 'fcn'],
    ['patch-classifier', 'patch-classifier'],
  ] as const) {
    const request = trainBody.parse(requestOf(preset, 2, advanced, network));
    assert.equal(request.seed, 4);
    const plan = hyperParametersOf(request);
    assert.equal(plan.network ?? 'unet', network);
    if (network === 'unet') assert.equal(plan.depth, 3);
    if (network === 'fcn') assert.deepEqual([plan.backbone, request.backboneWeights], ['alexnet', '/a.onnx']);
  }
});

test('steps that were asked for stand instead of minutes', () => {
  assert.deepEqual(requestOf('fast', 2, { steps: 7 }, 'unet'), { preset: 'fast', steps: 7 });
  assert.deepEqual(requestOf('fast', 2, {}, 'unet'), { preset: 'fast', minutes: 2 });
});
