/** What the three backbones share: unpadded convolutions with bias and ReLU as Caffe trained them, and their scaled widths. */

import { conv2d } from '../../graph/ops/conv2d.ts';
import { dropout } from '../../graph/ops/dropout.ts';
import { generalConv2d } from '../../graph/ops/generalConv2d.ts';
import { relu } from '../../graph/ops/relu.ts';
import { windowedMaxPool2d } from '../../graph/ops/windowedMaxPool2d.ts';
import { dimension, type Value } from '../../graph/value.ts';
import type { FcnSpec } from '../../modelDescription.ts';
import type { NetworkScope } from '../networkScope.ts';

/** Features of a backbone that scores are taken of, by their stride. */
export interface BackboneFeatures {
  readonly stride8: Value;
  readonly stride16: Value;
  /** Of the last layer before the classifier's scores. */
  readonly stride32: Value;
}

/** Base filters of the published networks. */
const PUBLISHED_FILTERS = 64;

/** Filters of a layer that has `published` in the published network: even, for AlexNet's two groups. */
export function scaledFilters({ baseFilters }: FcnSpec, published: number): number {
  return Math.max(2, 2 * Math.round((published * baseFilters) / PUBLISHED_FILTERS / 2));
}

interface ConvolutionOptions {
  readonly filters: number;
  readonly sidePx: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Kernel of zeros instead of Gaussian. */
  readonly zeros?: boolean;
}

/**
 * Unpadded convolution with a bias that learns at twice the rate and does not decay (Caffe's models):
 * x: [batch, channels, h, w] → [batch, filters, ⌊(h − side) / stride⌋ + 1, the same of w].
 */
export function plainConvolution(
  scope: NetworkScope,
  name: string,
  x: Value,
  { filters, sidePx, stride = 1, groups = 1, zeros = false }: ConvolutionOptions,
): Value {
  const channels = dimension(x, 1) / groups;
  const fanIn = channels * sidePx * sidePx;
  const kernel = scope.parameter({
    name: `${name}.kernel`,
    shape: [filters, channels, sidePx, sidePx],
    role: 'kernel',
    fanIn,
    ...(zeros && { initial: 'zeros' as const }),
  });
  const bias = scope.parameter({
    name: `${name}.bias`,
    shape: [filters],
    role: 'bias',
    fanIn,
    rateFactor: 2,
  });
  return stride === 1 && groups === 1
    ? conv2d(scope.graph, x, kernel, bias, 0)
    : generalConv2d(scope.graph, x, kernel, bias, { stride, groups });
}

/** {@link plainConvolution} and ReLU. */
export function rectifiedConvolution(
  scope: NetworkScope,
  name: string,
  x: Value,
  options: ConvolutionOptions,
): Value {
  return relu(scope.graph, plainConvolution(scope, name, x, options));
}

/** 3×3 max-pooling, unpadded. */
export function maxPool3(scope: NetworkScope, x: Value, stride: number): Value {
  return windowedMaxPool2d(scope.graph, x, { sidePx: 3, stride, paddingPx: 0 });
}

/** Dropout in training; `stream` tells the layers of a network apart. */
export function dropIn(scope: NetworkScope, spec: FcnSpec, x: Value, stream: number): Value {
  if (!scope.training || spec.dropout === 0) return x;
  return dropout(scope.graph, x, scope.dropoutSeed(), spec.dropout, stream);
}
