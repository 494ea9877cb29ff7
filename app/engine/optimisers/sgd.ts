/** Stochastic gradient descent with momentum. */

import { add, multiply, scalar, subtract } from '../graph/nodes.ts';
import type { Value } from '../graph/value.ts';
import type { OptimiserSpec } from './optimiserSpec.ts';
import type { TrainedParameter, UpdateContext } from './updateRule.ts';

/**
 * v ← momentum · v + g, w ← w − rate · v (PyTorch's form; with a constant rate the same as the paper's).
 * @returns the new weight
 */
export function emitSgd(
  context: UpdateContext,
  { spec, value, gradient }: TrainedParameter,
  { momentum }: Extract<OptimiserSpec, { kind: 'sgd' }>,
): Value {
  const { graph, learningRate } = context;
  if (momentum === 0) return subtract(graph, value, multiply(graph, gradient, learningRate));
  const name = `sgd.velocity/${spec.name}`;
  const before = context.state({ name, shape: spec.shape, role: 'moment', initial: 'zeros' });
  const velocity = add(graph, multiply(graph, before, scalar(graph, momentum)), gradient);
  context.update(name, velocity);
  return subtract(graph, value, multiply(graph, velocity, learningRate));
}
