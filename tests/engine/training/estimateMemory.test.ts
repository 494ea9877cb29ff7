/** The estimate of a training's memory against blocks counted by hand, and against what a process really takes. */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { add, concatenate, reshape, transpose } from '../../../app/engine/graph/nodes.ts';
import { peakBytes } from '../../../app/engine/graph/peakBytes.ts';

test('an alias counts once, and what leads nowhere not at all', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [10, 10]);
  const a = transpose(graph, x, [1, 0]);
  // Another name for the same 400 bytes.
  const flat = reshape(graph, a, [100]);
  const twice = concatenate(graph, [flat, flat], 0);
  graph.node('Exp', [twice], {}, twice);
  graph.output('a', a);
  graph.output('flat', flat);
  graph.output('y', twice);
  assert.equal(peakBytes(graph), 400 + 800);
});

test('a result that takes the place of its input counts once', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [100]);
  const a = graph.node('Exp', [x], {}, x);
  graph.output('y', graph.node('Relu', [a], {}, a));
  assert.equal(peakBytes(graph), 400);
});

test('what a later node reads stays alive through all that runs before it', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [100]);
  const kept = graph.node('Exp', [x], {}, x);
  const wide = concatenate(graph, [kept, kept, kept], 0);
  const narrow = graph.node('ReduceSum', [wide], { keepdims: 1 }, { type: 'float32', shape: [1] });
  graph.output('y', add(graph, kept, narrow));
  // 400 kept, 1,200 wide, 4 of the sum; the sum is added in the place of what was kept.
  assert.equal(peakBytes(graph), 1604);
});

const unet = { kind: 'unet', inputChannels: 1, classes: 2, dropout: 0 };
const adam = {
  kind: 'adam',
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-7,
  weightDecay: 0.01,
  averageDecay: 0.98,
  clipNorm: 1,
};
const sgd = { kind: 'sgd', momentum: 0.99, averageDecay: 0 };
const CASES = [
  {
    name: 'small tiles',
    spec: { ...unet, padding: 'same', depth: 3, baseFilters: 16, normalisation: 'batch' },
    options: { batch: 4, tile: { y: 128, x: 128 }, optimiser: adam },
  },
  {
    name: 'a wide network of large tiles',
    spec: { ...unet, padding: 'valid', depth: 3, baseFilters: 32, normalisation: 'none' },
    options: { batch: 1, tile: { y: 412, x: 412 }, optimiser: sgd },
  },
];

for (const { name, spec, options } of CASES) {
  test(`the estimate is near the peak of a real process: ${name}`, async (t) => {
    if (process.platform !== 'linux') return t.skip('the peak of a process is only read on Linux');
    const entry = fileURLToPath(new URL('./entries/peakOfTraining.ts', import.meta.url));
    const child = fork(entry, [JSON.stringify({ spec, options })], { execArgv: [] });
    const { peak, estimate } = await new Promise<{ peak: number; estimate: number }>((resolve, reject) => {
      child.on('message', (message) => resolve(message as { peak: number; estimate: number }));
      child.on('exit', (code) => reject(new Error(`ended with ${code} before it answered`)));
    });
    const ratio = estimate / peak;
    t.diagnostic(`${(estimate / 2 ** 20).toFixed(0)} MB estimated, ${(peak / 2 ** 20).toFixed(0)} MB taken`);
    assert.ok(ratio > 0.75 && ratio < 1.7, `estimate / peak is ${ratio.toFixed(2)}`);
    return undefined;
  });
}
