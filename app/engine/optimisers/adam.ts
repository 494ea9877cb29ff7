/** Adam (Kingma and Ba 2015) with bias correction, and AdamW's decoupled weight decay (Loshchilov and Hutter 2019). */

import type { Graph } from '../graph/graph.ts';
import { add, divide, multiply, power, scalar, squareRoot, subtract } from '../graph/nodes.ts';
import type { Value } from '../graph/value.ts';
import type { OptimiserSpec } from './optimiserSpec.ts';
import { decayOf, rateOf, type TrainedParameter, type UpdateContext } from './updateRule.ts';

/**
 * m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g²,
 * w ← w − rate · (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε) − rate · decay · w,
 * rate and decay times the parameter's own factors (decay by default for kernels only).
 * @returns the new weight
 */
export function emitAdam(
  context: UpdateContext,
  { spec, value, gradient }: TrainedParameter,
  { beta1, beta2, epsilon, weightDecay }: Extract<OptimiserSpec, { kind: 'adam' }>,
): Value {
  const { graph } = context;
  const learningRate = rateOf(context, spec);
  const decay = decayOf(spec, weightDecay);
  const step = context.step();
  const names = { first: `adam.first/${spec.name}`, second: `adam.second/${spec.name}` };
  const moment = (name: string): Value =>
    context.state({ name, shape: spec.shape, role: 'moment', initial: 'zeros' });
  const mix = (old: Value, decay: number, news: Value): Value =>
    add(graph, multiply(graph, old, scalar(graph, decay)), multiply(graph, news, scalar(graph, 1 - decay)));
  const first = mix(moment(names.first), beta1, gradient);
  const second = mix(moment(names.second), beta2, multiply(graph, gradient, gradient));
  context.update(names.first, first);
  context.update(names.second, second);
  // Both corrections are folded into numbers of one element: rate · √c2 / c1 and ε · √c2.
  const secondRoot = squareRoot(graph, biasCorrection(graph, beta2, step));
  const rate = divide(graph, multiply(graph, learningRate, secondRoot), biasCorrection(graph, beta1, step));
  const floor = multiply(graph, scalar(graph, epsilon), secondRoot);
  const change = multiply(graph, divide(graph, first, add(graph, squareRoot(graph, second), floor)), rate);
  if (decay === 0) return subtract(graph, value, change);
  const keep = subtract(graph, scalar(graph, 1), multiply(graph, learningRate, scalar(graph, decay)));
  return subtract(graph, multiply(graph, value, keep), change);
}

/** 1 − decay^t, the bias correction of a moment that starts at 0. */
function biasCorrection(graph: Graph, decay: number, step: Value): Value {
  return subtract(graph, scalar(graph, 1), power(graph, scalar(graph, decay), step));
}
