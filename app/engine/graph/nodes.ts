/** ONNX operators as typed functions: shape inference and emission of one node each, without gradients; ops are built of them. */

import type { Graph } from './graph.ts';
import {
  broadcastShapes,
  dimension,
  type ElementType,
  formatShape,
  sizeOf,
  UNKNOWN,
  type Value,
} from './value.ts';

/** The end of an axis, for {@link slice}. */
export const TO_END = 2 ** 40;

function binary(graph: Graph, opType: string, a: Value, b: Value, type: ElementType = a.type): Value {
  if (a.type !== b.type) throw new Error(`${opType}: types ${a.type} and ${b.type} differ.`);
  return graph.node(opType, [a, b], {}, { type, shape: broadcastShapes(a.shape, b.shape, opType) });
}

function unary(graph: Graph, opType: string, x: Value): Value {
  return graph.node(opType, [x], {}, { type: x.type, shape: x.shape });
}

export const add = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Add', a, b);
export const subtract = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Sub', a, b);
export const multiply = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Mul', a, b);
export const divide = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Div', a, b);
export const power = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Pow', a, b);
/** Remainder with the divisor's sign (integers). */
export const modulo = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Mod', a, b);
export const maximum = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Max', a, b);
export const minimum = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Min', a, b);
export const equal = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Equal', a, b, 'bool');
export const greater = (graph: Graph, a: Value, b: Value): Value => binary(graph, 'Greater', a, b, 'bool');
export const exponential = (graph: Graph, x: Value): Value => unary(graph, 'Exp', x);
export const logarithm = (graph: Graph, x: Value): Value => unary(graph, 'Log', x);
export const squareRoot = (graph: Graph, x: Value): Value => unary(graph, 'Sqrt', x);
export const negate = (graph: Graph, x: Value): Value => unary(graph, 'Neg', x);
export const absolute = (graph: Graph, x: Value): Value => unary(graph, 'Abs', x);
/** 1 where x > 0, else 0, without a boolean tensor: a clipped line so steep that only |x| < 1e-20 lies on its slope. */
export const isPositive = (graph: Graph, x: Value): Value =>
  graph.node('HardSigmoid', [x], { alpha: { float: 1e20 }, beta: { float: 0 } }, x);
export const rectify = (graph: Graph, x: Value): Value => unary(graph, 'Relu', x);

/** A float32 scalar of shape [1], which broadcasts to anything. */
export function scalar(graph: Graph, value: number): Value {
  return graph.constant('float32', [value], [1]);
}

/** `condition ? a : b`, elementwise with broadcasting. */
export function where(graph: Graph, condition: Value, a: Value, b: Value): Value {
  const shape = broadcastShapes(broadcastShapes(condition.shape, a.shape, 'Where'), b.shape, 'Where');
  return graph.node('Where', [condition, a, b], {}, { type: a.type, shape });
}

const ONNX_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** ONNX's number for an element type (TensorProto.DataType). */
export function onnxTypeOf(type: ElementType): number {
  return ONNX_TYPE[type];
}

export function cast(graph: Graph, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return graph.node('Cast', [x], { to: ONNX_TYPE[type] }, { type, shape: x.shape });
}

/** The same elements under another shape; at most one dimension of `shape` may be unknown and is then derived. */
export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  if (!shape.includes(UNKNOWN) && !x.shape.includes(UNKNOWN) && sizeOf(shape) !== sizeOf(x.shape)) {
    throw new Error(`Reshape: ${formatShape(x.shape)} has not as many elements as ${formatShape(shape)}.`);
  }
  if (
    shape.length === x.shape.length &&
    shape.every((size, axis) => size !== UNKNOWN && size === x.shape[axis])
  )
    return x;
  return graph.node('Reshape', [x, graph.constant('int64', shape)], {}, { type: x.type, shape });
}

export function transpose(graph: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => dimension(x, axis));
  return graph.node('Transpose', [x], { perm: permutation }, { type: x.type, shape });
}

/** One axis of a {@link slice}: from `start` to before `end` (both counted from the end where negative). */
export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export function slice(graph: Graph, x: Value, ranges: readonly SliceRange[]): Value {
  const shape = [...x.shape];
  const kept = ranges.filter(({ axis, start, end }) => {
    const size = dimension(x, axis);
    if (size === UNKNOWN) return start !== 0 || end < TO_END;
    const from = start < 0 ? size + start : start;
    const to = Math.min(end < 0 ? size + end : end, size);
    if (from < 0 || to < from)
      throw new Error(`Slice: ${start}…${end} is outside axis ${axis} of ${formatShape(x.shape)}.`);
    shape[axis] = to - from;
    return from !== 0 || to !== size;
  });
  if (kept.length === 0) return x;
  const column = (values: number[]): Value => graph.constant('int64', values);
  return graph.node(
    'Slice',
    [x, column(kept.map((r) => r.start)), column(kept.map((r) => r.end)), column(kept.map((r) => r.axis))],
    {},
    { type: x.type, shape },
  );
}

/** Every `step`-th element of some axes, from `starts` on; sizes that are known are multiples of the step. */
export function stride(
  graph: Graph,
  x: Value,
  axes: readonly number[],
  starts: readonly number[],
  step: number,
): Value {
  const all = (value: number): Value =>
    graph.constant(
      'int64',
      axes.map(() => value),
    );
  const inputs = [x, graph.constant('int64', starts), all(TO_END), graph.constant('int64', axes), all(step)];
  const shape = x.shape.map((size, axis) => (size === UNKNOWN || !axes.includes(axis) ? size : size / step));
  return graph.node('Slice', inputs, {}, { type: x.type, shape });
}

/** `x` with one axis read backwards. */
export function reverse(graph: Graph, x: Value, axes: readonly number[]): Value {
  const all = (value: number): Value =>
    graph.constant(
      'int64',
      axes.map(() => value),
    );
  const inputs = [x, all(-1), all(-TO_END), graph.constant('int64', axes), all(-1)];
  return graph.node('Slice', inputs, {}, { type: x.type, shape: x.shape });
}

/** Zeros, or another value, around `x`: `before[axis]` and `after[axis]` elements. */
export function pad(
  graph: Graph,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): Value {
  if (before.every((n) => n === 0) && after.every((n) => n === 0)) return x;
  const shape = x.shape.map((size, axis) =>
    size === UNKNOWN ? UNKNOWN : size + before[axis]! + after[axis]!,
  );
  const inputs = [x, graph.constant('int64', [...before, ...after])];
  if (value !== 0) inputs.push(graph.constant(x.type, [value], []));
  return graph.node('Pad', inputs, {}, { type: x.type, shape });
}

export function concatenate(graph: Graph, parts: readonly Value[], axis: number): Value {
  const first = parts[0];
  if (first === undefined) throw new Error('Concat: nothing to concatenate.');
  if (parts.length === 1) return first;
  const shape = [...first.shape];
  shape[axis] = 0;
  for (const part of parts) {
    for (const [other, size] of part.shape.entries()) {
      if (other === axis)
        shape[axis] = size === UNKNOWN || shape[axis] === UNKNOWN ? UNKNOWN : shape[axis]! + size;
      else if (shape[other] === UNKNOWN) shape[other] = size;
      else if (size !== UNKNOWN && size !== shape[other]) {
        throw new Error(
          `Concat on axis ${axis}: ${formatShape(first.shape)} and ${formatShape(part.shape)} do not fit.`,
        );
      }
    }
  }
  return graph.node('Concat', parts, { axis }, { type: first.type, shape });
}

/** Cuts `x` along `axis` into pieces of the given sizes. */
export function split(graph: Graph, x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  const types = sizes.map((size) => ({
    type: x.type,
    shape: x.shape.map((old, other) => (other === axis ? size : old)),
  }));
  return graph.manyOutputs('Split', [x, graph.constant('int64', sizes)], { axis }, types);
}

function reducedShape(x: Value, axes: readonly number[], keepDimensions: boolean): number[] {
  if (keepDimensions) return x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.shape.filter((_, axis) => !axes.includes(axis));
}

/** Sum over `axes`; they stay with size 1 where `keepDimensions`. */
export function reduceSum(graph: Graph, x: Value, axes: readonly number[], keepDimensions: boolean): Value {
  const type = { type: x.type, shape: reducedShape(x, axes, keepDimensions) };
  return graph.node(
    'ReduceSum',
    [x, graph.constant('int64', axes)],
    { keepdims: keepDimensions ? 1 : 0 },
    type,
  );
}

function reduceWithAttribute(
  graph: Graph,
  opType: string,
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value {
  const type = { type: x.type, shape: reducedShape(x, axes, keepDimensions) };
  return graph.node(opType, [x], { axes, keepdims: keepDimensions ? 1 : 0 }, type);
}

export const reduceMean = (graph: Graph, x: Value, axes: readonly number[], keepDimensions: boolean): Value =>
  reduceWithAttribute(graph, 'ReduceMean', x, axes, keepDimensions);
export const reduceMaximum = (
  graph: Graph,
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value => reduceWithAttribute(graph, 'ReduceMax', x, axes, keepDimensions);
export const reduceMinimum = (
  graph: Graph,
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value => reduceWithAttribute(graph, 'ReduceMin', x, axes, keepDimensions);
export const reduceSumOfSquares = (
  graph: Graph,
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value => reduceWithAttribute(graph, 'ReduceSumSquare', x, axes, keepDimensions);

/** `a · b` of matrices, each transposed on request, plus `addend` of the result's shape. */
export function matrixProduct(
  graph: Graph,
  a: Value,
  b: Value,
  options: { transposeA?: boolean; transposeB?: boolean; addend?: Value | null } = {},
): Value {
  const [rows, inner] = options.transposeA
    ? [dimension(a, 1), dimension(a, 0)]
    : [dimension(a, 0), dimension(a, 1)];
  const [innerB, columns] = options.transposeB
    ? [dimension(b, 1), dimension(b, 0)]
    : [dimension(b, 0), dimension(b, 1)];
  if (inner !== innerB)
    throw new Error(`Gemm: ${formatShape(a.shape)} and ${formatShape(b.shape)} do not fit.`);
  const inputs = options.addend ? [a, b, options.addend] : [a, b];
  const attributes = { transA: options.transposeA ? 1 : 0, transB: options.transposeB ? 1 : 0 };
  return graph.node('Gemm', inputs, attributes, { type: a.type, shape: [rows, columns] });
}
