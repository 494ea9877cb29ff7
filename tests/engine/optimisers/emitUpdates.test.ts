/** Rates and decays of single parameters, against the update rules written out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../app/engine/graph/graph.ts';
import type { Value } from '../../../app/engine/graph/value.ts';
import type { ParameterSpec } from '../../../app/engine/networks/networkScope.ts';
import { emitUpdates } from '../../../app/engine/optimisers/emitUpdates.ts';
import type { OptimiserSpec } from '../../../app/engine/optimisers/optimiserSpec.ts';
import { largestDifference, runGraph, wave } from '../graph/runGraph.ts';

const SIZE = 5;
const RATE = 0.1;
const DECAY = 0.3;
const parameters: ParameterSpec[] = [
  { name: 'plain', shape: [SIZE], role: 'kernel', fanIn: 1 },
  { name: 'bias', shape: [SIZE], role: 'bias', fanIn: 1, rateFactor: 2 },
  { name: 'kept', shape: [SIZE], role: 'kernel', fanIn: 1, decayFactor: 0 },
  { name: 'shift', shape: [SIZE], role: 'shift', fanIn: 1, rateFactor: 0.5, decayFactor: 3 },
];
/** Rate and decay of each. */
const expectedFactors = [
  [RATE, DECAY],
  [2 * RATE, 0],
  [RATE, 0],
  [0.5 * RATE, 3 * DECAY],
] as const;

/** The weights after two steps with the same gradient; `state` holds moments by name. */
async function twoSteps(optimiser: OptimiserSpec): Promise<Float32Array[]> {
  const graph = new Graph();
  const names = new Map<string, Value>();
  const learningRate = graph.constant('float32', [RATE]);
  const states: string[] = [];
  let number: Value | null = null;
  emitUpdates(
    {
      graph,
      learningRate,
      step: () => {
        number ??= graph.input('step', 'float32', [1]);
        return number;
      },
      state: ({ name, shape }) => {
        states.push(name);
        return graph.input(name, 'float32', shape);
      },
      update: (name, value) => names.set(name, value),
    },
    parameters.map((spec) => ({
      spec,
      value: graph.input(spec.name, 'float32', spec.shape),
      gradient: graph.input(`gradient of ${spec.name}`, 'float32', spec.shape),
    })),
    optimiser,
  );
  for (const [name, value] of names) graph.output(`next ${name}`, value);
  const feeds: Record<string, Float32Array> = {};
  for (const name of states) feeds[name] = new Float32Array(SIZE);
  for (const [index, { name }] of parameters.entries()) {
    feeds[name] = wave(SIZE, index + 1);
    feeds[`gradient of ${name}`] = wave(SIZE, index + 20);
  }
  for (let step = 0; step < 2; step += 1) {
    if (number !== null) feeds['step'] = Float32Array.of(step + 1);
    const out = await runGraph(graph, feeds);
    for (const name of names.keys()) feeds[name] = out[`next ${name}`]!;
  }
  return parameters.map(({ name }) => feeds[name]!);
}

test('SGD: doubled rates, and decay as part of the gradient, by the parameter', async () => {
  const found = await twoSteps({ kind: 'sgd', momentum: 0.9, weightDecay: DECAY, averageDecay: 0 });
  for (const [index, [rate, decay]] of expectedFactors.entries()) {
    const gradient = wave(SIZE, index + 20);
    const expected = wave(SIZE, index + 1).map((start, i) => {
      const first = gradient[i]! + decay * start;
      const once = start - rate * first;
      return once - rate * (0.9 * first + gradient[i]! + decay * once);
    });
    assert.ok(largestDifference(found[index]!, expected) < 1e-6, parameters[index]!.name);
  }
});

test('Adam: doubled rates, and decay beside the gradient, by the parameter', async () => {
  const [beta1, beta2, epsilon] = [0.9, 0.99, 1e-7];
  const optimiser = { kind: 'adam', beta1, beta2, epsilon, weightDecay: DECAY, averageDecay: 0 } as const;
  const found = await twoSteps(optimiser);
  for (const [index, [rate, decay]] of expectedFactors.entries()) {
    const gradient = wave(SIZE, index + 20);
    const expected = wave(SIZE, index + 1).map((start, i) => {
      // With the same gradient each time the corrected moments are the gradient and its square.
      const change = (rate * gradient[i]!) / (Math.abs(gradient[i]!) + epsilon);
      const once = start * (1 - rate * decay) - change;
      return once * (1 - rate * decay) - change;
    });
    assert.ok(largestDifference(found[index]!, expected) < 1e-5, parameters[index]!.name);
  }
});

test('the whole gradient is shortened to the largest norm, and a shorter one left as it is', async () => {
  const gradients = parameters.map((_, index) => wave(SIZE, index + 20));
  const norm = Math.hypot(...gradients.flatMap((gradient) => [...gradient]));
  for (const share of [0.25, 4]) {
    const sgd = { kind: 'sgd', momentum: 0, weightDecay: 0, averageDecay: 0 } as const;
    const found = await twoSteps({ ...sgd, clipNorm: share * norm });
    for (const [index, [rate]] of expectedFactors.entries()) {
      const length = Math.min(1, share);
      const expected = wave(SIZE, index + 1).map(
        (start, i) => start - 2 * rate * length * gradients[index]![i]!,
      );
      assert.ok(largestDifference(found[index]!, expected) < 1e-6, `${parameters[index]!.name}, ${share}`);
    }
  }
});
