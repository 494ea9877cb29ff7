/** Kernel gradient of strided, dilated and grouped convolutions, led back to that of plain ones. */

import { foldBatch } from '../foldBatch.ts';
import type { Graph } from '../graph.ts';
import { concatenate, pad, reshape, slice, split, transpose } from '../nodes.ts';
import { fitPlane, phasesAsChannels, phasesAsImages, spreadPixels } from '../planePhases.ts';
import { dimension, type Value } from '../value.ts';
import { emitKernelGradient } from './conv2dKernelGradient.ts';

/** How the kernel's windows lie on the plane. */
export interface WindowOptions {
  /** Zeros added to each side of the plane, px. */
  readonly paddingPx: number;
  /** Pixels from window to window. */
  readonly stride: number;
  /** Pixels from tap to tap within a window. */
  readonly dilation: number;
  /** Input channels and filters are cut into so many groups that do not see each other. */
  readonly groups: number;
}

/**
 * x: [batch, channels, height, width], dy: [batch, filters, outHeight, outWidth]
 * → [filters, channels / groups, side, side].
 *
 * A stride s makes each of the s² phases of the plane a channel of its own: the kernel is then a plain one of
 * ⌈side / s⌉² taps on s² · channels. A dilation d makes each of the d² phases an image of its own. Both at once: the
 * gradient is first spread to stride 1. Groups are separate products.
 */
export function emitGeneralKernelGradient(
  graph: Graph,
  x: Value,
  dy: Value,
  kernelShape: readonly number[],
  { paddingPx, stride, dilation, groups }: WindowOptions,
): Value {
  const [filters, channels, side] = kernelShape as [number, number, number];
  const border = [0, 0, paddingPx, paddingPx];
  const padded = pad(graph, x, border, border);
  if (dilation > 1) {
    const spread = spreadPixels(graph, dy, stride);
    const [height, width] = [2, 3].map((axis) => Math.ceil(dimension(spread, axis) / dilation) * dilation);
    const reach = dilation * (side - 1);
    const images = phasesAsImages(graph, fitPlane(graph, padded, height! + reach, width! + reach), dilation);
    const gradients = phasesAsImages(graph, fitPlane(graph, spread, height!, width!), dilation);
    return emitGroups(graph, images, gradients, [filters, channels, side, side], groups);
  }
  const taps = Math.ceil(side / stride);
  const [height, width] = [2, 3].map((axis) => stride * (dimension(dy, axis) + taps - 1));
  if (stride === 1) return emitGroups(graph, padded, dy, [filters, channels, side, side], groups);
  const phases = phasesAsChannels(graph, fitPlane(graph, padded, height!, width!), stride);
  const ofPhases = emitGroups(graph, phases, dy, [filters, channels * stride * stride, taps, taps], groups);
  const blocks = reshape(graph, ofPhases, [filters, channels, stride, stride, taps, taps]);
  const interleaved = transpose(graph, blocks, [0, 1, 4, 2, 5, 3]);
  const whole = reshape(graph, interleaved, [filters, channels, taps * stride, taps * stride]);
  return slice(graph, whole, [
    { axis: 2, start: 0, end: side },
    { axis: 3, start: 0, end: side },
  ]);
}

/** Kernel gradients of the groups of an unpadded convolution of stride 1, below each other. */
function emitGroups(
  graph: Graph,
  x: Value,
  dy: Value,
  kernelShape: readonly [number, number, number, number],
  groups: number,
): Value {
  const [filters, channels, ...sides] = kernelShape;
  const folded = foldBatch(graph, x, dy, kernelShape[2]);
  if (groups === 1) return emitKernelGradient(graph, folded.x, folded.dy, kernelShape, 0);
  const inputs = split(graph, folded.x, Array<number>(groups).fill(channels), 1);
  const gradients = split(graph, folded.dy, Array<number>(groups).fill(filters / groups), 1);
  const shape = [filters / groups, channels, ...sides];
  const parts = inputs.map((input, g) => emitKernelGradient(graph, input, gradients[g]!, shape, 0));
  return concatenate(graph, parts, 0);
}
