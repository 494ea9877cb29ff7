/** Normalisation by the statistics of the values themselves: what batch and instance normalisation share in training. */

import type { Graph, Op } from '../graph.ts';
import {
  add,
  divide,
  multiply,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  squareRoot,
  subtract,
} from '../nodes.ts';
import { dimension, type Value } from '../value.ts';

/** Added to the variance before the root. */
export const NORMALISATION_EPSILON = 1e-5;

/** Which values share one mean and variance. */
export interface NormaliseAttributes {
  /** `batch`: one pair a channel over batch and plane; `instance`: one a channel and image over its plane. */
  readonly over: 'batch' | 'instance';
}

const axesOf = (over: NormaliseAttributes['over']): number[] => (over === 'batch' ? [0, 2, 3] : [2, 3]);

/**
 * x: [batch, channels, height, width], scale and shift: [channels]
 * → y = scale · (x − mean) / √(variance + ε) + shift, the mean: [batch | 1, channels, 1, 1], the (population) variance.
 *
 * Gradients, with x̂ the normalised x and means over what shares a statistic (Ioffe and Szegedy 2015, section 3):
 * dshift = Σ dy, dscale = Σ dy · x̂, dx = scale / √(variance + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)).
 * Mean and variance are given for the running statistics; no gradient passes through those two outputs.
 */
export const normaliseOp: Op<NormaliseAttributes> = {
  name: 'normalise',
  infer([x], { over }) {
    const statistic = {
      type: 'float32' as const,
      shape: [over === 'batch' ? 1 : dimension(x!, 0), dimension(x!, 1), 1, 1],
    };
    return [x!, statistic, statistic];
  },
  emit(graph, [x, scale, shift], { over }) {
    const mean = reduceMean(graph, x!, axesOf(over), true);
    const centred = subtract(graph, x!, mean);
    const variance = reduceMean(graph, multiply(graph, centred, centred), axesOf(over), true);
    const factor = multiply(graph, perChannel(graph, scale!), inverseDeviation(graph, variance));
    return [add(graph, multiply(graph, centred, factor), perChannel(graph, shift!)), mean, variance];
  },
  gradient({
    graph,
    inputs: [x, scale],
    outputs: [, mean, variance],
    attributes,
    outputGradients: [dy],
    wanted,
  }) {
    const axes = axesOf(attributes.over);
    const inverse = inverseDeviation(graph, variance!);
    const normalised = multiply(graph, subtract(graph, x!, mean!), inverse);
    const product = multiply(graph, dy!, normalised);
    const meanOfGradient = reduceMean(graph, dy!, axes, true);
    const meanOfProduct = reduceMean(graph, product, axes, true);
    const pull = add(graph, meanOfGradient, multiply(graph, normalised, meanOfProduct));
    const factor = multiply(graph, perChannel(graph, scale!), inverse);
    return [
      wanted[0] ? multiply(graph, subtract(graph, dy!, pull), factor) : null,
      wanted[1] ? reduceSum(graph, product, [0, 2, 3], false) : null,
      wanted[2] ? reduceSum(graph, dy!, [0, 2, 3], false) : null,
    ];
  },
};

function perChannel(graph: Graph, x: Value): Value {
  return reshape(graph, x, [1, dimension(x, 0), 1, 1]);
}

/** 1 / √(variance + ε). */
export function inverseDeviation(graph: Graph, variance: Value): Value {
  return divide(
    graph,
    scalar(graph, 1),
    squareRoot(graph, add(graph, variance, scalar(graph, NORMALISATION_EPSILON))),
  );
}

/** Output, mean and variance of {@link normaliseOp}. */
export function normalise(
  graph: Graph,
  x: Value,
  scale: Value,
  shift: Value,
  over: NormaliseAttributes['over'],
): { output: Value; mean: Value; variance: Value } {
  const [output, mean, variance] = graph.apply(normaliseOp, [x, scale, shift], { over });
  return { output: output!, mean: mean!, variance: variance! };
}
