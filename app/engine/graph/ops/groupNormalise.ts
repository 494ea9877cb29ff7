/** Group normalisation (Wu and He 2018): each image's channels are normalised in groups, the same in training and inference. */

import type { Graph, Op } from '../graph.ts';
import { add, multiply, reduceMean, reduceSum, reshape, subtract } from '../nodes.ts';
import { dimension, formatShape, UNKNOWN, type Value } from '../value.ts';
import { inverseDeviation, NORMALISATION_EPSILON } from './normalise.ts';

export interface GroupNormaliseAttributes {
  /** Groups of neighbouring channels that share a mean and a variance; they divide the channels. */
  readonly groups: number;
}

/** Sizes of a known x: [batch, channels, height, width], seen as [batch, groups, channels a group, pixels]. */
function groupedShape(x: Value, groups: number): number[] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return [batch, groups, channels / groups, height * width];
}

/** [channels] → [1, groups, channels a group, 1]. */
function perChannel(graph: Graph, x: Value, groups: number): Value {
  return reshape(graph, x, [1, groups, dimension(x, 0) / groups, 1]);
}

/**
 * x: [batch, channels, height, width], scale and shift: [channels]
 * → y = scale · (x − mean) / √(variance + ε) + shift, and the mean and (population) variance: [batch, groups, 1, 1].
 *
 * dshift = Σ dy, dscale = Σ dy · x̂ over batch and plane; with g = dy · scale and means over a group
 * dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(variance + ε). No gradient passes through mean and variance.
 */
export const groupNormaliseOp: Op<GroupNormaliseAttributes> = {
  name: 'groupNormalise',
  infer([x], { groups }) {
    if (dimension(x!, 1) % groups !== 0)
      throw new Error(
        `groupNormalise: ${groups} groups do not divide the channels of ${formatShape(x!.shape)}.`,
      );
    const statistic = { type: 'float32' as const, shape: [dimension(x!, 0), groups, 1, 1] };
    return [x!, statistic, statistic];
  },
  emit(graph, [x, scale, shift], { groups }) {
    const grouped = reshape(graph, x!, groupedShape(x!, groups));
    const mean = reduceMean(graph, grouped, [2, 3], true);
    const centred = subtract(graph, grouped, mean);
    const variance = reduceMean(graph, multiply(graph, centred, centred), [2, 3], true);
    const factor = multiply(graph, perChannel(graph, scale!, groups), inverseDeviation(graph, variance));
    const y = add(graph, multiply(graph, centred, factor), perChannel(graph, shift!, groups));
    return [reshape(graph, y, x!.shape), mean, variance];
  },
  gradient({ graph, inputs: [x, scale], outputs, attributes: { groups }, outputGradients, wanted }) {
    const [, mean, variance] = outputs;
    const shape = groupedShape(x!, groups);
    const dy = reshape(graph, outputGradients[0]!, shape);
    const inverse = inverseDeviation(graph, variance!);
    const normalised = multiply(graph, subtract(graph, reshape(graph, x!, shape), mean!), inverse);
    const channels = [dimension(x!, 1)];
    const sum = (value: Value): Value => reshape(graph, reduceSum(graph, value, [0, 3], false), channels);
    const emitData = (): Value => {
      const scaled = multiply(graph, dy, perChannel(graph, scale!, groups));
      const meanOfProduct = reduceMean(graph, multiply(graph, scaled, normalised), [2, 3], true);
      const pull = add(
        graph,
        reduceMean(graph, scaled, [2, 3], true),
        multiply(graph, normalised, meanOfProduct),
      );
      return reshape(graph, multiply(graph, subtract(graph, scaled, pull), inverse), x!.shape);
    };
    return [
      wanted[0] ? emitData() : null,
      wanted[1] ? sum(multiply(graph, dy, normalised)) : null,
      wanted[2] ? sum(dy) : null,
    ];
  },
};

/** Output, mean and variance of {@link groupNormaliseOp}. */
export function groupNormalise(
  graph: Graph,
  x: Value,
  scale: Value,
  shift: Value,
  groups: number,
): { output: Value; mean: Value; variance: Value } {
  const [output, mean, variance] = graph.apply(groupNormaliseOp, [x, scale, shift], { groups });
  return { output: output!, mean: mean!, variance: variance! };
}

/** The same for inference on planes of any size, without gradients. */
export function emitGroupNormalisation(
  graph: Graph,
  x: Value,
  scale: Value,
  shift: Value,
  groups: number,
): Value {
  const rows = graph.node(
    'Reshape',
    // 0: the batch as it is.
    [x, graph.constant('int64', [0, groups, -1])],
    {},
    { type: 'float32', shape: [dimension(x, 0), groups, UNKNOWN] },
  );
  const one = graph.constant('float32', Array<number>(groups).fill(1), [groups]);
  const zero = graph.constant('float32', Array<number>(groups).fill(0), [groups]);
  const epsilon = { epsilon: { float: NORMALISATION_EPSILON } };
  const normalised = graph.node('InstanceNormalization', [rows, one, zero], epsilon, rows);
  const shape = graph.node('Shape', [x], {}, { type: 'int64', shape: [4] });
  const planes = graph.node('Reshape', [normalised, shape], {}, x);
  const channelwise = (value: Value): Value => reshape(graph, value, [1, dimension(value, 0), 1, 1]);
  return add(graph, multiply(graph, planes, channelwise(scale)), channelwise(shift));
}
