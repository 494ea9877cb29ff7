/** Test support: runs a graph, on the CPU unless told otherwise, and reproducible numbers to feed it. */

import type { Graph, Op } from '../../../app/engine/graph/graph.ts';
import { multiply, reduceSum, reshape } from '../../../app/engine/graph/nodes.ts';
import { sizeOf, type Value } from '../../../app/engine/graph/value.ts';
import { encodeModel } from '../../../app/engine/onnx/encodeModel.ts';
import { createSession, Tensor } from '../../../app/engine/runtime/ort.ts';

export type Numbers = Float32Array | Uint8Array | Int32Array;

/** Feeds by input name; outputs by name. */
export async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Numbers>>,
  device: 'cpu' | 'webgpu' = 'cpu',
): Promise<Record<string, Float32Array>> {
  const session = await createSession(encodeModel(graph), { device, threads: 1 });
  const tensors = Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => {
      const data = feeds[name]!;
      if (type === 'uint8') return [name, new Tensor('uint8', data as Uint8Array, shape)];
      if (type === 'int32') return [name, new Tensor('int32', data as Int32Array, shape)];
      return [name, new Tensor('float32', data as Float32Array, shape)];
    }),
  );
  const results = await session.run(tensors);
  const outputs = Object.entries(results).map(([name, value]) => [
    name,
    Float32Array.from((value as Tensor).data as Float32Array),
  ]);
  await session.release();
  return Object.fromEntries(outputs);
}

/** Numbers in −1…1 that repeat for the same seed. */
export function wave(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Σ y · r, so that a tensor has a scalar to differentiate; y and r of one shape. */
const projectOp: Op<Record<string, never>> = {
  name: 'project',
  infer: () => [{ type: 'float32', shape: [1] }],
  emit: (graph, [y, r]) => [
    reshape(
      graph,
      reduceSum(
        graph,
        multiply(graph, y!, r!),
        y!.shape.map((_, axis) => axis),
        false,
      ),
      [1],
    ),
  ],
  gradient: ({ graph, inputs: [, r], outputGradients: [dy] }) => [multiply(graph, r!, dy!), null],
};

export function project(graph: Graph, y: Value): { loss: Value; direction: Float32Array } {
  const r = graph.input('direction', 'float32', y.shape);
  return { loss: graph.apply(projectOp, [y, r], {})[0]!, direction: wave(sizeOf(y.shape), 99) };
}

/** Largest absolute difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
