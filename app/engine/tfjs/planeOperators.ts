/** ONNX's convolutions and poolings in TensorFlow.js, which has them channels-last: each operator turns its planes there and back. */

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Attribute } from '../graph/graph.ts';
import type { Tf } from './tensorflow.ts';

type Attributes = Readonly<Record<string, Attribute>>;

/** Below any value of a network: beyond the border it is never the maximum. */
const NEVER_MAXIMUM = -3e38;

const toLast = (x: Tensor): Tensor4D => x.transpose([0, 2, 3, 1]);
const toFirst = (x: Tensor): Tensor4D => x.transpose([0, 3, 1, 2]);

function pairOf(attributes: Attributes, name: string, otherwise: number): [number, number] {
  const value = attributes[name];
  return Array.isArray(value) ? [value[0], value[1]] : [otherwise, otherwise];
}

function numberOf(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

/** Adds `pads` ([top, left, bottom, right]) around channels-last planes. */
function padLast(tf: Tf, x: Tensor4D, attributes: Attributes, value: number): Tensor4D {
  const [top = 0, left = 0, bottom = 0, right = 0] = (attributes['pads'] ?? []) as readonly number[];
  if (top + left + bottom + right === 0) return x;
  const sides: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(x, sides, value) as Tensor4D;
}

/** Part `index` of `count` equal ones along an axis. (A split into one part cannot be differentiated.) */
function partOf(tf: Tf, x: Tensor, axis: number, index: number, count: number): Tensor {
  if (count === 1) return x;
  const size = x.shape[axis]! / count;
  const begin = x.shape.map((_, other) => (other === axis ? index * size : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((whole, other) => (other === axis ? size : whole)),
  );
}

/** Zeros between the taps of a kernel [f, c, side, side], for the library has no gradient of a dilated convolution. */
function dilate(tf: Tf, kernel: Tensor, dilation: number): Tensor {
  if (dilation === 1) return kernel;
  const [filters, channels, height, width] = kernel.shape as [number, number, number, number];
  const apart = (x: Tensor, rows: number, side: number, rest: number): Tensor => {
    const alone = x.reshape([rows, side, 1, rest]);
    const spread = tf.pad(alone, [
      [0, 0],
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    return tf.slice(
      spread.reshape([rows, side * dilation, rest]),
      [0, 0, 0],
      [rows, dilation * (side - 1) + 1, rest],
    );
  };
  const taller = apart(kernel, filters * channels, height, width);
  const reach = dilation * (height - 1) + 1;
  const wider = apart(taller, filters * channels * reach, width, 1);
  return wider.reshape([filters, channels, reach, dilation * (width - 1) + 1]);
}

/** x: [n, c, h, w], kernel: [f, c / groups, side, side], bias: [f] or none. */
export function convolve(tf: Tf, [x, kernel, bias]: readonly Tensor[], attributes: Attributes): Tensor {
  const groups = numberOf(attributes, 'group', 1);
  const [dilation] = pairOf(attributes, 'dilations', 1);
  const strides = pairOf(attributes, 'strides', 1);
  const planes = padLast(tf, toLast(x!), attributes, 0);
  const spread = dilate(tf, kernel!, dilation);
  const parts = Array.from({ length: groups }, (_, group) =>
    tf.conv2d(
      partOf(tf, planes, 3, group, groups) as Tensor4D,
      partOf(tf, spread, 0, group, groups).transpose([2, 3, 1, 0]) as Tensor4D,
      strides,
      'valid',
    ),
  );
  const y = groups === 1 ? parts[0]! : tf.concat(parts, 3);
  return toFirst(bias === undefined ? y : y.add(bias));
}

/** x: [n, c, h, w], kernel: [c, f / groups, side, side], bias: [f] or none; no padding. */
export function convolveTransposed(
  tf: Tf,
  [x, kernel, bias]: readonly Tensor[],
  attributes: Attributes,
): Tensor {
  const groups = numberOf(attributes, 'group', 1);
  const strides = pairOf(attributes, 'strides', 1);
  const [batch, , height, width] = x!.shape as [number, number, number, number];
  const [, filters, tall, wide] = kernel!.shape as [number, number, number, number];
  const shape: [number, number, number, number] = [
    batch,
    strides[0] * (height - 1) + tall,
    strides[1] * (width - 1) + wide,
    filters,
  ];
  const planes = toLast(x!);
  const parts = Array.from({ length: groups }, (_, group) =>
    tf.conv2dTranspose(
      partOf(tf, planes, 3, group, groups) as Tensor4D,
      partOf(tf, kernel!, 0, group, groups).transpose([2, 3, 1, 0]) as Tensor4D,
      shape,
      strides,
      'valid',
    ),
  );
  const y = groups === 1 ? parts[0]! : tf.concat(parts, 3);
  return toFirst(bias === undefined ? y : y.add(bias));
}

export function poolMaximum(tf: Tf, x: Tensor, attributes: Attributes): Tensor {
  const planes = padLast(tf, toLast(x), attributes, NEVER_MAXIMUM);
  const window = pairOf(attributes, 'kernel_shape', 1);
  return toFirst(tf.maxPool(planes, window, pairOf(attributes, 'strides', 1), 'valid'));
}

/** Means of windows; pixels beyond the border count as zeros. */
export function poolAverage(tf: Tf, x: Tensor, attributes: Attributes): Tensor {
  const planes = padLast(tf, toLast(x), attributes, 0);
  const window = pairOf(attributes, 'kernel_shape', 1);
  return toFirst(tf.avgPool(planes, window, pairOf(attributes, 'strides', 1), 'valid'));
}
