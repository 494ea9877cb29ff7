import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import type { TrainRequest } from '../../app/services/requests.ts';
import { budgetOf, executionOf, hyperParametersOf } from '../../app/services/trainingPlan.ts';

test('presets keep what their papers say', () => {
  const paper = hyperParametersOf({ preset: 'paper' });
  assert.deepEqual(paper.optimiser, { kind: 'sgd', momentum: 0.99 });
  assert.deepEqual(
    [
      paper.padding,
      paper.depth,
      paper.baseFilters,
      paper.batchSize,
      paper.dropout,
      paper.schedule,
      paper.tileSize,
    ],
    ['valid', 4, 64, 1, 0.5, 'constant', 572],
  );
  assert.deepEqual([paper.weightMap, paper.w0, paper.sigmaPx, paper.classBalance], ['paper', 10, 5, 1]);
  assert.deepEqual(hyperParametersOf({ preset: 'paper-narrow' }), {
    ...paper,
    baseFilters: 16,
    tileSize: 380,
  });
  const fiji = hyperParametersOf({ preset: 'fiji' });
  assert.deepEqual(
    [fiji.weightMap, fiji.w0, fiji.sigmaPx, fiji.density, fiji.backgroundDensity],
    ['fiji', 50, 6, 'fiji', 0.1],
  );
  assert.equal(fiji.learningRate, 1e-4);
  assert.equal(fiji.optimiser.kind, 'adam');
});

test('what is asked for goes before the preset', () => {
  const plan = hyperParametersOf({
    baseFilters: 8,
    depth: 3,
    learningRate: 0.01,
    tileSize: 128,
    batchSize: 2,
    w0: 0,
    sigmaPx: 3,
  });
  assert.deepEqual(
    [plan.baseFilters, plan.depth, plan.learningRate, plan.tileSize, plan.batchSize, plan.w0, plan.sigmaPx],
    [8, 3, 0.01, 128, 2, 0, 3],
  );
  assert.deepEqual(budgetOf({ minutes: 2 }), { seconds: 120 });
  assert.deepEqual(budgetOf({ steps: 7 }), { steps: 7 });
  assert.deepEqual(budgetOf({}), { seconds: 300 });
});

test('every value that cannot work is refused with its name and the range', () => {
  const cases: [TrainRequest, RegExp][] = [
    [{ learningRate: 0 }, /learning rate .* above 0/],
    [{ learningRate: Number.NaN }, /learning rate/],
    [{ depth: 2.5 }, /depth .* whole number/],
    [{ baseFilters: 0 }, /filters .* from 1/],
    [{ batchSize: 65 }, /batch size .* to 64/],
    [{ tileSize: 8 }, /tile size/],
    [{ tileSize: 64, depth: 6 }, /depth 6 needs tiles of at least 128 px/],
    [{ steps: 0 }, /number of steps/],
    [{ minutes: -1 }, /number of minutes/],
    [{ steps: 1, minutes: 1 }, /not both/],
    [{ seed: -1 }, /seed/],
    [{ threads: 0 }, /threads/],
    [{ engine: 'tfjs', device: 'webgpu' }, /chooses its device itself; leave out --device webgpu/],
  ];
  for (const [request, sentence] of cases) {
    assert.throws(
      () => {
        hyperParametersOf(request);
        budgetOf(request);
        executionOf(request);
      },
      (error) => isLimnError(error, 'WrongUsage') && sentence.test(error.message),
      JSON.stringify(request),
    );
  }
});
