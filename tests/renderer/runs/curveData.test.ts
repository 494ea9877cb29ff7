import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricPoint } from '../../../app/api/types.ts';
import { curveColumns, LOSSES, valueAt, zoomSteps } from '../../../renderer/runs/curveData.ts';

const point = (step: number, loss: number | null, validationLoss: number | null = null): MetricPoint => ({
  step,
  seconds: step,
  loss,
  learningRate: null,
  validationLoss,
  validationIou: null,
  validationF1: null,
});

const run = fc
  .uniqueArray(fc.nat(50), { maxLength: 20 })
  .chain((steps) =>
    fc.tuple(
      ...steps
        .sort((a, b) => a - b)
        .map((step) =>
          fc.option(fc.double({ min: -1, max: 3, noNaN: true })).map((loss) => point(step, loss)),
        ),
    ),
  );

test('every measured value stands once in its run’s column at its step, and nothing else does', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 4 }), (runs) => {
      const [steps, ...columns] = curveColumns(runs, LOSSES);
      assert.deepEqual(
        steps,
        [...new Set(runs.flat().map(({ step }) => step))].sort((a, b) => a - b),
      );
      assert.equal(columns.length, 2 * runs.length);
      for (const [i, points] of runs.entries()) {
        const told = steps.flatMap((step, row) =>
          columns[2 * i]![row] === null ? [] : [[step, columns[2 * i]![row]]],
        );
        assert.deepEqual(
          told,
          points.flatMap(({ step, loss }) => (loss === null ? [] : [[step, loss]])),
        );
        assert.ok(columns[2 * i + 1]!.every((value) => value === null));
      }
    }),
  );
});

test('a logarithmic axis has no place for 0 and below', () => {
  const points = [point(1, 0.5), point(2, 0), point(3, -0.1), point(4, 2)];
  assert.deepEqual(curveColumns([points], ['loss'], true), [
    [1, 2, 3, 4],
    [0.5, null, null, 2],
  ]);
  assert.deepEqual(curveColumns([points], ['loss']), [
    [1, 2, 3, 4],
    [0.5, 0, -0.1, 2],
  ]);
});

test('the value at a step is the last one measured until then', () => {
  const points = [point(1, 0.5, 0.9), point(2, null), point(5, 0.2), point(9, 0.1, 0.3)];
  assert.deepEqual(
    [0, 1, 4, 7].map((step) => valueAt(points, 'loss', step)),
    [null, 0.5, 0.5, 0.2],
  );
  assert.deepEqual([valueAt(points, 'validationLoss', 8), valueAt(points, 'validationLoss')], [0.9, 0.3]);
  assert.equal(valueAt(points, 'validationF1'), null);
});

test('zooming in halves the range around its middle, zooming out ends with the whole run', () => {
  assert.deepEqual(zoomSteps([0, 100], [0, 100], 0.5), [25, 75]);
  assert.deepEqual(zoomSteps([80, 100], [0, 100], 2), [70, 100]);
  assert.equal(zoomSteps([25, 75], [0, 100], 2), null);
});
