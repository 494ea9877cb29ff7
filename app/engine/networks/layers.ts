/** Layers of networks: an op together with its weights, drawn from the scope. */

import { add, multiply, reshape, scalar, subtract } from '../graph/nodes.ts';
import { conv2d } from '../graph/ops/conv2d.ts';
import { emitGroupNormalisation, groupNormalise } from '../graph/ops/groupNormalise.ts';
import { NORMALISATION_EPSILON, normalise } from '../graph/ops/normalise.ts';
import { relu } from '../graph/ops/relu.ts';
import { upConv2d } from '../graph/ops/upConv2d.ts';
import { dimension, sizeOf, type Value } from '../graph/value.ts';
import { followShare } from '../optimisers/followShare.ts';
import type { NetworkScope, RunningSpec } from './networkScope.ts';

/**
 * How much of the running statistics stays at a step; less at the beginning, as with averaged weights. They look back
 * some fifty steps (PyTorch's 0.9 some ten): with few tiles a step the last ten make a prediction depend on chance
 * (ISBI 2012, 400 steps: pixel error 0.101 against 0.105).
 */
const RUNNING_DECAY = 0.98;

/** Most groups that a layer's channels are normalised in. */
const MOST_GROUPS = 8;

export type Normalisation = 'none' | 'batch' | 'instance' | 'group';

/** Convolution with a bias: x: [batch, channels, h, w] → [batch, filters, h', w']. */
export function convolution(
  scope: NetworkScope,
  name: string,
  x: Value,
  options: { filters: number; sidePx: number; paddingPx: number; bias: boolean },
): Value {
  const { filters, sidePx, paddingPx } = options;
  const channels = dimension(x, 1);
  const fanIn = channels * sidePx * sidePx;
  const shape = [filters, channels, sidePx, sidePx];
  const kernel = scope.parameter({ name: `${name}.kernel`, shape, role: 'kernel', fanIn });
  const bias = options.bias
    ? scope.parameter({ name: `${name}.bias`, shape: [filters], role: 'bias', fanIn })
    : null;
  return conv2d(scope.graph, x, kernel, bias, paddingPx);
}

/** 3×3 convolution, normalisation, ReLU. Under a normalisation the bias is its shift. */
export function convolutionBlock(
  scope: NetworkScope,
  name: string,
  x: Value,
  options: { filters: number; paddingPx: number; normalisation: Normalisation },
): Value {
  const { filters, paddingPx, normalisation } = options;
  const y = convolution(scope, name, x, { filters, sidePx: 3, paddingPx, bias: normalisation === 'none' });
  return relu(scope.graph, normalisation === 'none' ? y : normaliseLayer(scope, name, y, normalisation));
}

/** 2×2 up-convolution: x: [batch, channels, h, w] → [batch, filters, 2h, 2w]. One unit has one input pixel: N = channels. */
export function upConvolution(scope: NetworkScope, name: string, x: Value, filters: number): Value {
  const channels = dimension(x, 1);
  const kernel = scope.parameter({
    name: `${name}.kernel`,
    shape: [channels, filters, 2, 2],
    role: 'kernel',
    fanIn: channels,
  });
  const bias = scope.parameter({ name: `${name}.bias`, shape: [filters], role: 'bias', fanIn: channels });
  return upConv2d(scope.graph, x, kernel, bias);
}

/**
 * Batch normalisation (statistics of the batch in training, running ones in inference) or instance normalisation
 * (statistics of each image, always) or group normalisation (of each image's channels in groups, always).
 * x: [batch, channels, h, w] → the same.
 */
function normaliseLayer(
  scope: NetworkScope,
  name: string,
  x: Value,
  kind: Exclude<Normalisation, 'none'>,
): Value {
  const { graph } = scope;
  const shape = [dimension(x, 1)];
  const scale = scope.parameter({ name: `${name}.scale`, shape, role: 'scale', fanIn: 1 });
  const shift = scope.parameter({ name: `${name}.shift`, shape, role: 'shift', fanIn: 1 });
  const epsilon = { epsilon: { float: NORMALISATION_EPSILON } };
  if (kind === 'group') {
    const groups = groupsOf(shape[0]!);
    if (scope.training) return groupNormalise(graph, x, scale, shift, groups).output;
    return emitGroupNormalisation(graph, x, scale, shift, groups);
  }
  if (kind === 'instance') {
    if (scope.training) return normalise(graph, x, scale, shift, 'instance').output;
    return graph.node('InstanceNormalization', [x, scale, shift], epsilon, x);
  }
  const meanSpec: RunningSpec = { name: `${name}.runningMean`, shape, initial: 'zeros' };
  const varianceSpec: RunningSpec = { name: `${name}.runningVariance`, shape, initial: 'ones' };
  const runningMean = scope.running(meanSpec);
  const runningVariance = scope.running(varianceSpec);
  if (!scope.training) {
    // The runtime folds this into the convolution before it.
    return graph.node('BatchNormalization', [x, scale, shift, runningMean, runningVariance], epsilon, x);
  }
  const { output, mean, variance } = normalise(graph, x, scale, shift, 'batch');
  const values = sizeOf(x.shape) / shape[0]!;
  const unbiased = multiply(graph, variance, scalar(graph, values / Math.max(1, values - 1)));
  const share = followShare(graph, scope.stepNumber(), RUNNING_DECAY);
  const follow = (old: Value, current: Value): Value =>
    add(graph, old, multiply(graph, subtract(graph, reshape(graph, current, shape), old), share));
  scope.updateRunning(meanSpec, follow(runningMean, mean));
  scope.updateRunning(varianceSpec, follow(runningVariance, unbiased));
  return output;
}

/** The largest divisor of the channels that is at most {@link MOST_GROUPS}. */
function groupsOf(channels: number): number {
  let groups = Math.min(MOST_GROUPS, channels);
  while (channels % groups !== 0) groups -= 1;
  return groups;
}
