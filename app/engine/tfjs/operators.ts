/** The ONNX operators that networks, loss and optimisers are made of, each as TensorFlow.js has it: one row of a table each. */

import type { Tensor } from '@tensorflow/tfjs';
import type { Attribute, GraphNode } from '../graph/graph.ts';
import { onnxTypeOf } from '../graph/nodes.ts';
import { combineIntegers } from './integerOperators.ts';
import { convolve, convolveTransposed, poolAverage, poolMaximum } from './planeOperators.ts';
import type { Tf } from './tensorflow.ts';
import { integersOf, isIntegers, type TfValue, tensorOf } from './values.ts';

interface Call {
  readonly tf: Tf;
  readonly inputs: readonly TfValue[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

type Operator = (call: Call) => TfValue;

const unary =
  (apply: (tf: Tf, x: Tensor) => Tensor): Operator =>
  ({ tf, inputs }) =>
    apply(tf, tensorOf(inputs[0]));

/** Of two tensors, or of two lists of integers under the operator's name. */
const binary =
  (opType: string, apply: (tf: Tf, a: Tensor, b: Tensor) => Tensor): Operator =>
  ({ tf, inputs: [a, b] }) =>
    a !== undefined && b !== undefined && isIntegers(a) && isIntegers(b)
      ? combineIntegers(opType, a, b)
      : apply(tf, tensorOf(a), tensorOf(b));

/** Reductions: the axes stand in an attribute, or in the second input. */
const reduction =
  (apply: (tf: Tf, x: Tensor, axes: number[], keep: boolean) => Tensor): Operator =>
  ({ tf, inputs: [x, given], attributes }) => {
    const axes = given === undefined ? numbersOf(attributes['axes']) : integersOf(given);
    return apply(tf, tensorOf(x), axes, attributes['keepdims'] === 1);
  };

const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: binary('Add', (tf, a, b) => tf.add(a, b)),
  Sub: binary('Sub', (tf, a, b) => tf.sub(a, b)),
  Mul: binary('Mul', (tf, a, b) => tf.mul(a, b)),
  Div: binary('Div', (tf, a, b) => tf.div(a, b)),
  Pow: binary('Pow', (tf, a, b) => tf.pow(a, b)),
  Max: binary('Max', (tf, a, b) => tf.maximum(a, b)),
  Min: binary('Min', (tf, a, b) => tf.minimum(a, b)),
  Equal: binary('Equal', (tf, a, b) => tf.equal(a, b)),
  Greater: binary('Greater', (tf, a, b) => tf.greater(a, b)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Neg: unary((tf, x) => tf.neg(x)),
  Relu: unary((tf, x) => tf.relu(x)),
  ReduceSum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  ReduceSumSquare: reduction((tf, x, axes, keep) => tf.sum(tf.square(x), axes, keep)),
  Cast: ({ tf, inputs: [x], attributes }) => {
    if (attributes['to'] !== onnxTypeOf('float32')) throw new Error('Only casts to float32 are known.');
    if (x !== undefined && isIntegers(x)) return tf.tensor(Float32Array.from(x.values), [...x.shape]);
    return tf.cast(tensorOf(x), 'float32');
  },
  Shape: ({ inputs: [x] }) => {
    const { shape } = x!;
    return { values: [...shape], shape: [shape.length] };
  },
  // 0 leaves a dimension as it is, −1 stands for what is left.
  Reshape: ({ inputs: [x, to] }) => {
    const tensor = tensorOf(x);
    return tensor.reshape(integersOf(to).map((size, axis) => (size === 0 ? tensor.shape[axis]! : size)));
  },
  Transpose: ({ inputs, attributes }) => tensorOf(inputs[0]).transpose(numbersOf(attributes['perm'])),
  Concat: ({ tf, inputs, attributes }) => tf.concat(inputs.map(tensorOf), Number(attributes['axis'])),
  Slice: ({ tf, inputs: [x, ...ranges] }) => {
    const [starts, ends, axes, steps] = ranges.map((range) => integersOf(range));
    let y = tensorOf(x);
    for (const [index, axis] of axes!.entries())
      y = sliceAxis(tf, y, axis, { start: starts![index]!, end: ends![index]!, step: steps?.[index] ?? 1 });
    return y;
  },
  Pad: ({ tf, inputs: [x, sides, value] }) => {
    const numbers = integersOf(sides);
    const tensor = tensorOf(x);
    const pairs = tensor.shape.map((_, axis): [number, number] => [
      numbers[axis]!,
      numbers[axis + tensor.shape.length]!,
    ]);
    return tf.pad(tensor, pairs, value === undefined ? 0 : tensorOf(value).dataSync()[0]!);
  },
  Conv: ({ tf, inputs, attributes }) => convolve(tf, inputs.map(tensorOf), attributes),
  ConvTranspose: ({ tf, inputs, attributes }) => convolveTransposed(tf, inputs.map(tensorOf), attributes),
  MaxPool: ({ tf, inputs, attributes }) => poolMaximum(tf, tensorOf(inputs[0]), attributes),
  AveragePool: ({ tf, inputs, attributes }) => poolAverage(tf, tensorOf(inputs[0]), attributes),
  DepthToSpace: ({ inputs: [x], attributes }) => {
    const size = Number(attributes['blocksize']);
    const [batch, channels, height, width] = tensorOf(x).shape as [number, number, number, number];
    const left = channels / size ** 2;
    return tensorOf(x)
      .reshape([batch, size, size, left, height, width])
      .transpose([0, 3, 4, 1, 5, 2])
      .reshape([batch, left, height * size, width * size]);
  },
  Softmax: ({ tf, inputs: [x], attributes }) => {
    const axis = Number(attributes['axis']);
    const powers = tf.exp(tf.sub(tensorOf(x), tf.max(tensorOf(x), axis, true)));
    return tf.div(powers, tf.sum(powers, axis, true));
  },
  BatchNormalization: ({ tf, inputs, attributes }) => {
    const [x, scale, shift, mean, variance] = inputs.map(tensorOf);
    return normalise(
      tf,
      x!,
      { scale: scale!, shift: shift!, mean: channelwise(mean!), variance: channelwise(variance!) },
      attributes,
    );
  },
  InstanceNormalization: ({ tf, inputs, attributes }) => {
    const [x, scale, shift] = inputs.map(tensorOf);
    const plane = x!.shape.map((_, axis) => axis).slice(2);
    const { mean, variance } = tf.moments(x!, plane, true);
    return normalise(tf, x!, { scale: scale!, shift: shift!, mean, variance }, attributes);
  },
};

/**
 * Runs one node of a graph.
 * @throws Error for an operator that the table lacks
 */
export function runNode(tf: Tf, { opType, attributes }: GraphNode, inputs: readonly TfValue[]): TfValue {
  const operator = OPERATORS[opType];
  if (operator === undefined) throw new Error(`TensorFlow.js has no row for the operator ${opType}.`);
  return operator({ tf, inputs, attributes });
}

function numbersOf(attribute: Attribute | undefined): number[] {
  if (!Array.isArray(attribute)) throw new Error('A list of numbers was expected.');
  return [...attribute];
}

/** One axis of a tensor from `start` to before `end`, all of it backwards, or every `step`-th element of a size that the step divides. */
function sliceAxis(
  tf: Tf,
  x: Tensor,
  axis: number,
  { start, end, step }: { start: number; end: number; step: number },
): Tensor {
  const size = x.shape[axis]!;
  if (step === -1) return tf.reverse(x, axis);
  if (step > 1) {
    // Strided slices have no gradient.
    const before = x.shape.slice(0, axis);
    const after = x.shape.slice(axis + 1);
    const phases = x.reshape([...before, size / step, step, ...after]);
    const begin = phases.shape.map((_, other) => (other === axis + 1 ? start : 0));
    const sizes = phases.shape.map((whole, other) => (other === axis + 1 ? 1 : whole));
    return tf.slice(phases, begin, sizes).reshape([...before, size / step, ...after]);
  }
  const from = start < 0 ? size + start : start;
  const to = Math.min(end < 0 ? size + end : end, size);
  return tf.slice(
    x,
    x.shape.map((_, other) => (other === axis ? from : 0)),
    x.shape.map((whole, other) => (other === axis ? to - from : whole)),
  );
}

/** [channels] → [1, channels, 1, 1]. */
function channelwise(x: Tensor): Tensor {
  return x.reshape([1, -1, 1, 1]);
}

/** Of x: [batch, channels, …] with statistics that broadcast to it. */
function normalise(
  tf: Tf,
  x: Tensor,
  { scale, shift, mean, variance }: Record<'scale' | 'shift' | 'mean' | 'variance', Tensor>,
  attributes: Call['attributes'],
): Tensor {
  const { float: epsilon } = attributes['epsilon'] as { readonly float: number };
  const perChannel = (value: Tensor): Tensor => value.reshape([1, -1, ...x.shape.slice(2).map(() => 1)]);
  const factor = tf.div(perChannel(scale), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(tf.sub(x, mean), factor), perChannel(shift));
}
