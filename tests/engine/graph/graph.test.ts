/** The graph builder: shared sub-expressions, dead nodes, gradients only where they are wanted, refused shapes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { keepLiveNodes } from '../../../app/engine/graph/liveNodes.ts';
import { add, exponential, multiply, slice, TO_END } from '../../../app/engine/graph/nodes.ts';
import { conv2d } from '../../../app/engine/graph/ops/conv2d.ts';
import { dropout } from '../../../app/engine/graph/ops/dropout.ts';
import { maxPool2d } from '../../../app/engine/graph/ops/maxPool2d.ts';
import { relu } from '../../../app/engine/graph/ops/relu.ts';
import { UNKNOWN } from '../../../app/engine/graph/value.ts';
import { project, runGraph } from './runGraph.ts';

test('the same expression is built once', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 3]);
  assert.equal(exponential(graph, x), exponential(graph, x));
  assert.equal(relu(graph, x), relu(graph, x));
  assert.notEqual(
    slice(graph, x, [{ axis: 1, start: 1, end: TO_END }]),
    slice(graph, x, [{ axis: 1, start: 0, end: 2 }]),
  );
  assert.equal(graph.nodes.filter(({ opType }) => opType === 'Exp').length, 1);
  assert.equal(graph.constant('int64', [1, 2]), graph.constant('int64', [1, 2]));
  assert.notEqual(graph.constant('int64', [1, 2]), graph.constant('int32', [1, 2]));
});

test('what no output depends on is dropped', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2]);
  exponential(graph, multiply(graph, x, graph.constant('float32', [3])));
  graph.output('y', add(graph, x, x));
  const live = keepLiveNodes(graph);
  assert.deepEqual(
    live.nodes.map(({ opType }) => opType),
    ['Add'],
  );
  assert.equal(live.initialisers.length, 0);
});

test('a gradient that is not wanted emits no node; one that does not exist is null', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 1, 4, 4]);
  const first = graph.input('first', 'float32', [2, 1, 3, 3]);
  const second = graph.input('second', 'float32', [2, 2, 3, 3]);
  const unused = graph.input('unused', 'float32', [2]);
  const { loss } = project(
    graph,
    conv2d(graph, relu(graph, conv2d(graph, x, first, null, 1)), second, null, 1),
  );
  const before = graph.nodes.length;
  const [gradient, none] = emitGradients(graph, loss, [second, unused]);
  assert.deepEqual(gradient!.shape, second.shape);
  assert.equal(none, null);
  const emitted = graph.nodes.slice(before).map(({ opType }) => opType);
  assert.ok(!emitted.includes('Conv') && !emitted.includes('Sign'), emitted.join());
});

test('a value used twice collects both gradients', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 1, 1, 2]);
  const kernel = graph.constant('float32', [2], [1, 1, 1, 1]);
  const y = conv2d(graph, conv2d(graph, x, kernel, null, 0), kernel, null, 0);
  const { loss } = project(graph, y);
  graph.output('dx', emitGradients(graph, loss, [x])[0]!);
  assert.deepEqual(
    [...(await runGraph(graph, { x: Float32Array.of(1, 2), direction: Float32Array.of(1, 10) }))['dx']!],
    [4, 40],
  );
});

test('shapes that do not fit are refused with operator and shape', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 2, 5, 4]);
  assert.throws(() => maxPool2d(graph, x), /maxPool2d: .*\[1, 2, 5, 4\]/);
  assert.throws(
    () => conv2d(graph, x, graph.input('k', 'float32', [3, 1, 3, 3]), null, 1),
    /conv2d: .*\[3, 1, 3, 3\]/,
  );
  assert.throws(() => add(graph, x, graph.input('y', 'float32', [3])), /Add: .*\[3\]/);
});

test('unknown sizes pass through', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 2, UNKNOWN, UNKNOWN]);
  const y = maxPool2d(graph, conv2d(graph, x, graph.input('k', 'float32', [3, 2, 3, 3]), null, 1));
  assert.deepEqual(y.shape, [1, 3, UNKNOWN, UNKNOWN]);
});

test('the dropout mask keeps the right fraction, differs between seeds and streams, and has no pattern', async () => {
  const shape = [2, 8, 32, 32];
  const size = shape.reduce((product, side) => product * side);
  const graph = new Graph();
  const x = graph.input('x', 'float32', shape);
  const seed = graph.input('seed', 'int32', [1]);
  for (const stream of [1, 2]) graph.output(`y${stream}`, dropout(graph, x, seed, 0.3, stream));
  const ones = new Float32Array(size).fill(1);
  const masks: boolean[][] = [];
  for (const number of [0, 1, 2, -5, 123456789]) {
    const out = await runGraph(graph, { x: ones, seed: Int32Array.of(number) });
    for (const stream of [1, 2]) masks.push(Array.from(out[`y${stream}`]!, (value) => value > 0));
  }
  // Six standard deviations of a fair draw.
  const bound = 6 * Math.sqrt(1 / size);
  const correlation = (a: boolean[], b: boolean[], shift: number): number => {
    let sum = 0;
    for (let i = 0; i + shift < size; i += 1) sum += (Number(a[i]) - 0.7) * (Number(b[i + shift]) - 0.7);
    return sum / size / 0.21;
  };
  for (const [index, mask] of masks.entries()) {
    const kept = mask.filter(Boolean).length / size;
    assert.ok(Math.abs(kept - 0.7) < bound, `${kept} kept`);
    for (const shift of [1, 2, 3, 8, 31, 32, 33, 64, 1023, 1024, 1025, 8192]) {
      assert.ok(
        Math.abs(correlation(mask, mask, shift)) < bound,
        `neighbours at ${shift}: ${correlation(mask, mask, shift)}`,
      );
    }
    const other = masks[(index + 1) % masks.length]!;
    assert.ok(Math.abs(correlation(mask, other, 0)) < bound, `masks ${index} and the next`);
  }
});
