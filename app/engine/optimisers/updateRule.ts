/** What one parameter's update rule takes: gradient in, new weight out, moments through the context. */

import type { Graph } from '../graph/graph.ts';
import { multiply, scalar } from '../graph/nodes.ts';
import type { Value } from '../graph/value.ts';
import type { ParameterSpec } from '../networks/networkScope.ts';
import type { StateSpec } from './optimiserSpec.ts';

/** A weight with its value before the step and its gradient. */
export interface TrainedParameter {
  readonly spec: ParameterSpec;
  readonly value: Value;
  readonly gradient: Value;
}

/** The learning rate of one parameter: [1]. */
export function rateOf({ graph, learningRate }: UpdateContext, { rateFactor = 1 }: ParameterSpec): Value {
  return rateFactor === 1 ? learningRate : multiply(graph, learningRate, scalar(graph, rateFactor));
}

/** Weight decay of one parameter, from the network's. */
export function decayOf({ role, decayFactor }: ParameterSpec, weightDecay: number): number {
  return weightDecay * (decayFactor ?? (role === 'kernel' ? 1 : 0));
}

/** What an update rule is given. */
export interface UpdateContext {
  readonly graph: Graph;
  /** [1] */
  readonly learningRate: Value;
  /** [1], the number of this step, from 1. Only asked for by rules that need it. */
  readonly step: () => Value;
  /** Adds a tensor to the state and gives its value before the step. */
  readonly state: (spec: StateSpec) => Value;
  /** Says what a tensor of the state is after the step. */
  readonly update: (name: string, value: Value) => void;
}
