/** Stochastic gradient descent with momentum. */

import { add, multiply, scalar, subtract } from '../graph/nodes.ts';
import type { Value } from '../graph/value.ts';
import type { OptimiserSpec } from './optimiserSpec.ts';
import { decayOf, rateOf, type TrainedParameter, type UpdateContext } from './updateRule.ts';

/**
 * v ← momentum · v + g + decay · w, w ← w − rate · v (PyTorch's form; with a constant rate the same as the paper's),
 * rate and decay times the parameter's own factors.
 * @returns the new weight
 */
export function emitSgd(
  context: UpdateContext,
  { spec, value, gradient }: TrainedParameter,
  { momentum, weightDecay = 0 }: Extract<OptimiserSpec, { kind: 'sgd' }>,
): Value {
  const { graph } = context;
  const rate = rateOf(context, spec);
  const decay = decayOf(spec, weightDecay);
  const slope = decay === 0 ? gradient : add(graph, gradient, multiply(graph, value, scalar(graph, decay)));
  if (momentum === 0) return subtract(graph, value, multiply(graph, slope, rate));
  const name = `sgd.velocity/${spec.name}`;
  const before = context.state({ name, shape: spec.shape, role: 'moment', initial: 'zeros' });
  const velocity = add(graph, multiply(graph, before, scalar(graph, momentum)), slope);
  context.update(name, velocity);
  return subtract(graph, value, multiply(graph, velocity, rate));
}
