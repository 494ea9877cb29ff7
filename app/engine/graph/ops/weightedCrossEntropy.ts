/** Pixel-wise softmax with weighted cross-entropy: U-Net's energy function (Ronneberger 2015, equation 1, divided by Σ w). */

import type { Graph, Op } from '../graph.ts';
import {
  cast,
  divide,
  equal,
  exponential,
  logarithm,
  maximum,
  multiply,
  negate,
  reduceMaximum,
  reduceSum,
  reshape,
  scalar,
  subtract,
} from '../nodes.ts';
import { dimension, equalShapes, formatShape, type Value } from '../value.ts';

/** Below any sum of weights that trains: keeps E = 0, not 0/0, where nothing is labelled. */
const LEAST_WEIGHT_SUM = 1e-30;

/** log p and one-hot target, shared by the loss and its gradient. */
function emitTerms(
  graph: Graph,
  logits: Value,
  target: Value,
  weight: Value,
): { logP: Value; oneHot: Value; share: Value } {
  const classes = dimension(logits, 1);
  const shifted = subtract(graph, logits, reduceMaximum(graph, logits, [1], true));
  const logP = subtract(
    graph,
    shifted,
    logarithm(graph, reduceSum(graph, exponential(graph, shifted), [1], true)),
  );
  const numbers = Array.from({ length: classes }, (_, index) => index + 1);
  const oneHot = cast(
    graph,
    equal(graph, cast(graph, target, 'float32'), graph.constant('float32', numbers, [1, classes, 1, 1])),
    'float32',
  );
  const labelled = multiply(graph, weight, reduceSum(graph, oneHot, [1], true));
  const sum = maximum(
    graph,
    reshape(graph, reduceSum(graph, labelled, [0, 1, 2, 3], false), [1]),
    scalar(graph, LEAST_WEIGHT_SUM),
  );
  return { logP, oneHot, share: divide(graph, labelled, sum) };
}

/**
 * logits: [batch, classes, height, width]; target: uint8 [batch, 1, height, width], 0 unlabelled, 1 background, 1 + k
 * class k; weight: [batch, 1, height, width] ≥ 0 → E: [1] = −Σ w log p_target / Σ w over labelled pixels, 0 where Σ w = 0.
 * dlogits = (p − onehot) · w / Σ w.
 */
export const weightedCrossEntropyOp: Op<Record<string, never>> = {
  name: 'weightedCrossEntropy',
  infer([logits, target, weight]) {
    const plane = [dimension(logits!, 0), 1, dimension(logits!, 2), dimension(logits!, 3)];
    if (!equalShapes(target!.shape, plane) || !equalShapes(weight!.shape, plane)) {
      throw new Error(
        `weightedCrossEntropy: target ${formatShape(target!.shape)} and weight ${formatShape(weight!.shape)} are not ${formatShape(plane)}.`,
      );
    }
    return [{ type: 'float32', shape: [1] }];
  },
  emit(graph, [logits, target, weight]) {
    const { logP, oneHot, share } = emitTerms(graph, logits!, target!, weight!);
    const picked = multiply(graph, multiply(graph, logP, oneHot), share);
    return [negate(graph, reshape(graph, reduceSum(graph, picked, [0, 1, 2, 3], false), [1]))];
  },
  gradient({ graph, inputs: [logits, target, weight], outputGradients: [dLoss] }) {
    const { logP, oneHot, share } = emitTerms(graph, logits!, target!, weight!);
    const scaled = multiply(graph, share, dLoss!);
    return [multiply(graph, subtract(graph, exponential(graph, logP), oneHot), scaled), null, null];
  },
};

export function weightedCrossEntropy(graph: Graph, logits: Value, target: Value, weight: Value): Value {
  return graph.apply(weightedCrossEntropyOp, [logits, target, weight], {})[0]!;
}
