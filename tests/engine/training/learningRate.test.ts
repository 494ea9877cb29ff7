import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learningRateAt } from '../../../app/engine/training/learningRate.ts';

const plan = { learningRate: 0.1, schedule: 'cosine' as const, warmupSteps: 10 };
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('cosine over steps: up over the warm-up, half of it in the middle, zero at the end', () => {
  near(learningRateAt(plan, { steps: 1000 }, 0, 0), 0.01);
  near(learningRateAt(plan, { steps: 1000 }, 500, 0), 0.05);
  near(learningRateAt(plan, { steps: 1000 }, 250, 0), 0.05 * (1 + Math.SQRT1_2));
  near(learningRateAt(plan, { steps: 1000 }, 1000, 0), 0);
});

test('with a budget of steps time plays no part, with a budget of time it does', () => {
  near(learningRateAt(plan, { steps: 1000 }, 500, 1e6), learningRateAt(plan, { steps: 1000 }, 500, 0));
  near(learningRateAt(plan, { seconds: 300 }, 500, 150), 0.05);
  near(learningRateAt(plan, { seconds: 300 }, 500, 400), 0);
});

test('a short run warms up over a tenth of its steps; a constant rate stays', () => {
  near(learningRateAt({ ...plan, schedule: 'constant' }, { steps: 20 }, 0, 0), 0.05);
  near(learningRateAt({ ...plan, schedule: 'constant' }, { steps: 20 }, 1, 0), 0.1);
  near(learningRateAt({ ...plan, schedule: 'constant' }, { steps: 20 }, 19, 0), 0.1);
});
