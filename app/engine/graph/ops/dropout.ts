/** Dropout with a mask that is a hash of a fed seed and the element's position: the same on every machine and device. */

import type { Graph, Op } from '../graph.ts';
import { add, cast, divide, greater, multiply, reshape, scalar } from '../nodes.ts';
import { dimension, type Value } from '../value.ts';

export interface DropoutAttributes {
  /** Probability to drop an element, 0 < p < 1. */
  readonly probability: number;
  /** Tells several dropouts of one network apart. */
  readonly stream: number;
}

/** Odd multipliers (32-bit, as signed integers) for the axes and the rounds; any odd constants with mixed bits would do. */
const AXIS_FACTORS = [-1640531535, 1540483477, -2048144777, 668265263];
const ROUND_FACTORS = [-2048144789, -1028477379, 374761393, 2146121005];
const STREAM_FACTOR = 0x27d4eb2f;

/**
 * A mask of 0 (dropped) and 1 (kept). Only wrapping 32-bit multiplication, addition and truncated division are used:
 * ONNX Runtime runs those on CPU and WebGPU alike, where shifts and xor would leave the GPU.
 */
function emitMask(
  graph: Graph,
  seed: Value,
  shape: readonly number[],
  { probability, stream }: DropoutAttributes,
): Value {
  const integer = (value: number): Value => graph.constant('int32', [value | 0], [1]);
  let hash = add(
    graph,
    multiply(graph, seed, integer(ROUND_FACTORS[0]!)),
    integer(Math.imul(stream + 1, STREAM_FACTOR)),
  );
  hash = mix(graph, hash, integer);
  for (const [axis, size] of shape.entries()) {
    const positions = Array.from({ length: size }, (_, index) =>
      Math.imul(index + 1, AXIS_FACTORS[axis % 4]!),
    );
    const along = shape.map((_, other) => (other === axis ? size : 1));
    hash = add(graph, hash, graph.constant('int32', positions, along));
    hash = mix(graph, hash, integer);
  }
  for (const factor of ROUND_FACTORS) hash = multiply(graph, mix(graph, hash, integer), integer(factor));
  hash = mix(graph, hash, integer);
  // Uniform over the signed integers: drop the lowest fraction.
  const threshold = Math.round(probability * 2 ** 32 - 2 ** 31) - 1;
  return cast(graph, greater(graph, hash, integer(threshold)), 'float32');
}

/** Carries the high bits to the low ones: h + h / 2^15, rounded towards zero. */
function mix(graph: Graph, hash: Value, integer: (value: number) => Value): Value {
  return add(graph, hash, divide(graph, hash, integer(1 << 15)));
}

/**
 * x: any shape, seed: int32 [1] → y = x · mask / (1 − p) (inverted dropout, so that inference needs no factor).
 * dx = dy · mask / (1 − p).
 */
export const dropoutOp: Op<DropoutAttributes> = {
  name: 'dropout',
  infer([x], { probability }) {
    if (!(probability > 0 && probability < 1))
      throw new Error(`dropout: the probability ${probability} is not between 0 and 1.`);
    dimension(x!, 0);
    return [x!];
  },
  emit: (graph, [x, seed], attributes) => [
    multiply(graph, x!, emitKeepFactor(graph, seed!, x!.shape, attributes)),
  ],
  gradient({ graph, inputs: [x, seed], attributes, outputGradients: [dy] }) {
    return [multiply(graph, dy!, emitKeepFactor(graph, seed!, x!.shape, attributes)), null];
  },
};

function emitKeepFactor(
  graph: Graph,
  seed: Value,
  shape: readonly number[],
  attributes: DropoutAttributes,
): Value {
  return multiply(
    graph,
    emitMask(graph, reshape(graph, seed, [1]), shape, attributes),
    scalar(graph, 1 / (1 - attributes.probability)),
  );
}

export function dropout(graph: Graph, x: Value, seed: Value, probability: number, stream: number): Value {
  return graph.apply(dropoutOp, [x, seed], { probability, stream })[0]!;
}
