/** How fast this machine multiplies matrices: what turns a reference minute into a minute here. */

import { Graph } from '../../app/engine/graph/graph.ts';
import { encodeModel } from '../../app/engine/onnx/encodeModel.ts';
import { createSession, Tensor } from '../../app/engine/runtime/ort.ts';

const SIDE = 2048;
const REPEATS = 15;

/** GFLOP/s of a 2048² float32 matrix product on two threads, median of several. */
export async function measureMatrixRate(): Promise<number> {
  const graph = new Graph();
  const shape = [SIDE, SIDE];
  const a = graph.input('a', 'float32', shape);
  const b = graph.input('b', 'float32', shape);
  graph.output('product', graph.node('MatMul', [a, b], {}, { type: 'float32', shape }));
  const session = await createSession(encodeModel(graph), { device: 'cpu', threads: 2 });
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * 31) % 97) / 97 - 0.5);
  const feeds = { a: new Tensor('float32', values, shape), b: new Tensor('float32', values.slice(), shape) };
  const seconds: number[] = [];
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const started = performance.now();
    await session.run(feeds);
    if (repeat > 0) seconds.push((performance.now() - started) / 1000);
  }
  await session.release();
  seconds.sort((x, y) => x - y);
  return (2 * SIDE ** 3) / (seconds[REPEATS >> 1] ?? Number.NaN) / 1e9;
}
