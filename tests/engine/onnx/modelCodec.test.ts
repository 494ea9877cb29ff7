/** The ONNX codec: stored tensors and metadata come back, damaged files are refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { add } from '../../../app/engine/graph/nodes.ts';
import { decodeModel } from '../../../app/engine/onnx/decodeModel.ts';
import { encodeModel } from '../../../app/engine/onnx/encodeModel.ts';
import {
  createMessage,
  finishMessage,
  readFields,
  writeInteger,
  writeMessage,
  writeText,
} from '../../../app/engine/onnx/wire.ts';
import { createSession, Tensor } from '../../../app/engine/runtime/ort.ts';
import { runGraph } from '../graph/runGraph.ts';

function modelWith(tensors: readonly Float32Array[], metadata: Record<string, string>): Uint8Array {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1]);
  for (const [index, data] of tensors.entries()) {
    graph.output(`y${index}`, add(graph, x, graph.weight(`weight.${index}`, [data.length], data)));
  }
  return encodeModel(graph, { metadata });
}

test('roundtrip: tensors and metadata, at any offset of the file', () => {
  const tensors = fc.array(fc.float32Array({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
  const metadata = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(tensors, metadata, fc.nat(7), (data, entries, offset) => {
      const bytes = modelWith(data, entries);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      const model = decodeModel(moved.subarray(offset));
      assert.deepEqual({ ...model.metadata }, { ...entries });
      for (const [index, tensor] of data.entries())
        assert.deepEqual(model.tensors.get(`weight.${index}`)!.data, tensor);
    }),
    { numRuns: 60, examples: [[[], Object.fromEntries([['__proto__', 'x']]), 0]] },
  );
});

test('half precision: long tensors are rounded to float16, short ones kept, and the runtime computes with them', async () => {
  const long = Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i) * 10 ** ((i % 9) - 6));
  const short = Float32Array.of(1 / 3, 1e6);
  const build = (): Graph => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [1]);
    graph.output('long', add(graph, x, graph.weight('long.weight', [2048], long)));
    graph.output('short', add(graph, x, graph.weight('short.weight', [2], short)));
    return graph;
  };
  const bytes = encodeModel(build(), { halfPrecision: true });
  assert.ok(bytes.length < encodeModel(build()).length - 2 * long.length + 200);
  for (const offset of [0, 1, 2]) {
    const moved = new Uint8Array(bytes.length + offset);
    moved.set(bytes, offset);
    const { tensors } = decodeModel(moved.subarray(offset));
    assert.deepEqual(tensors.get('long.weight')!.data, long.map(Math.f16round));
    assert.deepEqual(tensors.get('short.weight')!.data, short);
  }
  const session = await createSession(bytes, { device: 'cpu', threads: 1 });
  const run = await session.run({ x: new Tensor('float32', Float32Array.of(0), [1]) });
  const sums = run['long']!.data as Float32Array;
  assert.ok(sums.length === long.length && sums.every((sum, i) => sum === Math.f16round(long[i]!)));
  assert.deepEqual(run['short']!.data, short);
  await session.release();
});

test('a file cut short anywhere is refused or has lost only its end', () => {
  const bytes = modelWith([Float32Array.of(1, 2, 3)], { key: 'value' });
  let refused = 0;
  for (let length = 0; length < bytes.length; length += 1) {
    try {
      assert.deepEqual(Object.keys(decodeModel(bytes.subarray(0, length)).metadata), []);
    } catch (error) {
      assert.ok(error instanceof Error);
      refused += 1;
    }
  }
  assert.ok(refused >= bytes.length - 2);
  assert.throws(() => decodeModel(new TextEncoder().encode('not a model at all')), Error);
});

test('integers of every size and sign, and nested messages', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1 }), (numbers) => {
      const inner = createMessage();
      for (const number of numbers) writeInteger(inner, 7, number);
      const outer = createMessage();
      writeText(outer, 1, 'before');
      writeMessage(outer, 200, inner);
      const [text, nested] = [...readFields(finishMessage(outer))];
      assert.equal(new TextDecoder().decode(text!.bytes), 'before');
      assert.equal(nested!.field, 200);
      assert.deepEqual(
        [...readFields(nested!.bytes)].map(({ number }) => number),
        numbers,
      );
    }),
  );
});

test('a value that is output twice, and an input that is an output', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2]);
  const y = add(graph, x, x);
  graph.output('first', y);
  graph.output('second', y);
  graph.output('same', x);
  const out = await runGraph(graph, { x: Float32Array.of(1, 2) });
  assert.deepEqual([...out['first']!, ...out['second']!, ...out['same']!], [2, 4, 2, 4, 1, 2]);
});
