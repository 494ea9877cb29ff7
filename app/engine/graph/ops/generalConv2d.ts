/** Two-dimensional convolution with stride, dilation and groups; stride 1 without either has a faster op, `conv2d`. */

import type { Graph, Op } from '../graph.ts';
import { concatenate, reduceSum, reshape, reverse, slice, transpose } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value, type ValueType } from '../value.ts';
import { emitGeneralKernelGradient, type WindowOptions } from './generalConv2dKernelGradient.ts';

function attributesOf(side: number, { paddingPx, stride, dilation, groups }: WindowOptions) {
  return {
    kernel_shape: [side, side],
    pads: [paddingPx, paddingPx, paddingPx, paddingPx],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    group: groups,
  };
}

/** The runtime's WebGPU kernel computes four filters at once, and takes them from two groups where four do not divide a group's. */
const FILTERS_AT_ONCE = 4;

function emitConvolution(
  graph: Graph,
  inputs: readonly Value[],
  options: WindowOptions,
  type: ValueType,
): Value {
  const { groups } = options;
  const side = dimension(inputs[1]!, 2);
  const filters = dimension(inputs[1]!, 0) / groups;
  if (groups === 1 || filters < FILTERS_AT_ONCE || filters % FILTERS_AT_ONCE === 0)
    return graph.node('Conv', inputs, attributesOf(side, options), type);
  // Each group by itself: x is cut along its channels, kernel and bias along their filters.
  const part = (input: Value, axis: number, g: number): Value => {
    const length = dimension(input, axis) / groups;
    return slice(graph, input, [{ axis, start: g * length, end: (g + 1) * length }]);
  };
  const shape = type.shape.map((size, axis) => (axis === 1 ? filters : size));
  const attributes = attributesOf(side, { ...options, groups: 1 });
  const ofGroups = Array.from({ length: groups }, (_, g) =>
    graph.node(
      'Conv',
      inputs.map((input, index) => part(input, index === 0 ? 1 : 0, g)),
      attributes,
      { type: type.type, shape },
    ),
  );
  return concatenate(graph, ofGroups, 1);
}

/** Kernel of the data gradient at stride 1: turned by 180°, channels and filters of each group exchanged. */
function turnKernel(graph: Graph, kernel: Value, groups: number): Value {
  const [filters, channels, side] = [dimension(kernel, 0), dimension(kernel, 1), dimension(kernel, 2)];
  const grouped = reshape(graph, kernel, [groups, filters / groups, channels, side, side]);
  const exchanged = transpose(graph, grouped, [0, 2, 1, 3, 4]);
  const whole = reshape(graph, exchanged, [groups * channels, filters / groups, side, side]);
  return side === 1 ? whole : reverse(graph, whole, [2, 3]);
}

function emitDataGradient(graph: Graph, x: Value, kernel: Value, dy: Value, options: WindowOptions): Value {
  const { paddingPx, stride, dilation, groups } = options;
  const reach = dilation * (dimension(kernel, 2) - 1);
  const type = { type: 'float32', shape: x.shape } as const;
  const side = dimension(kernel, 2);
  if (stride === 1) {
    const full = { ...options, paddingPx: reach - paddingPx };
    return emitConvolution(graph, [dy, turnKernel(graph, kernel, groups)], full, type);
  }
  // Pixels at the end that no window starts from.
  const rest = [2, 3].map(
    (axis) => dimension(x, axis) + 2 * paddingPx - reach - 1 - stride * (dimension(dy, axis) - 1),
  );
  const attributes = { ...attributesOf(side, options), output_padding: rest };
  return graph.node('ConvTranspose', [dy, kernel], attributes, type);
}

/**
 * x: [batch, channels, height, width], kernel: [filters, channels / groups, side, side], bias (may be absent): [filters]
 * → y: [batch, filters, ⌊(height + 2p − dilation · (side − 1) − 1) / stride⌋ + 1, the same of width].
 *
 * dx: at stride 1 the convolution of dy with the turned kernel, else the transposed convolution with the kernel.
 * dkernel: {@link emitGeneralKernelGradient}. dbias: dy summed over batch and plane.
 */
export const generalConv2dOp: Op<WindowOptions> = {
  name: 'generalConv2d',
  infer([x, kernel, bias], { paddingPx, stride, dilation, groups }) {
    const [filters, channels, side] = kernel!.shape as [number, number, number];
    const fits = dimension(x!, 1) === channels * groups && filters % groups === 0;
    if (!fits || (bias !== undefined && dimension(bias, 0) !== filters)) {
      throw new Error(
        `generalConv2d: a kernel of ${formatShape(kernel!.shape)} in ${groups} groups does not fit an input of ${formatShape(x!.shape)}.`,
      );
    }
    const reach = dilation * (side - 1);
    if (paddingPx > reach) throw new Error(`generalConv2d: ${paddingPx} px of padding see only zeros.`);
    const plane = x!.shape.slice(2).map((size) => {
      if (size === UNKNOWN) return UNKNOWN;
      const windows = Math.floor((size + 2 * paddingPx - reach - 1) / stride) + 1;
      if (windows >= 1) return windows;
      throw new Error(
        `generalConv2d: an input of ${formatShape(x!.shape)} is smaller than the kernel's ${reach + 1} px.`,
      );
    });
    return [{ type: 'float32', shape: [dimension(x!, 0), filters, ...plane] }];
  },
  emit: (graph, inputs, options, [type]) => [emitConvolution(graph, inputs, options, type!)],
  gradient({ graph, inputs: [x, kernel], attributes, outputGradients: [dy], wanted }) {
    return [
      wanted[0] ? emitDataGradient(graph, x!, kernel!, dy!, attributes) : null,
      wanted[1] ? emitGeneralKernelGradient(graph, x!, dy!, kernel!.shape, attributes) : null,
      wanted[2] ? reduceSum(graph, dy!, [0, 2, 3], false) : null,
    ];
  },
};

/** Convolution of x: [batch, channels, h, w] with kernel: [filters, channels / groups, side, side] and bias: [filters]. */
export function generalConv2d(
  graph: Graph,
  x: Value,
  kernel: Value,
  bias: Value | null,
  { paddingPx = 0, stride = 1, dilation = 1, groups = 1 }: Partial<WindowOptions> = {},
): Value {
  const inputs = bias === null ? [x, kernel] : [x, kernel, bias];
  return graph.apply(generalConv2dOp, inputs, { paddingPx, stride, dilation, groups })[0]!;
}
