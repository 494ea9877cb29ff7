/** The weights of a network, found by building it once without keeping the graph. */

import { Graph } from '../graph/graph.ts';
import { UNKNOWN } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { emitNetwork } from './networkKinds.ts';
import type { NetworkScope, ParameterSpec, RunningSpec } from './networkScope.ts';

/** A scope for inference whose weights are fed, and what was asked of it so far. */
export function listWeights(graph: Graph): {
  scope: NetworkScope;
  parameters: ParameterSpec[];
  running: RunningSpec[];
} {
  const parameters: ParameterSpec[] = [];
  const running: RunningSpec[] = [];
  const scope: NetworkScope = {
    graph,
    training: false,
    parameter(spec) {
      parameters.push(spec);
      return graph.input(spec.name, 'float32', spec.shape);
    },
    running(spec) {
      running.push(spec);
      return graph.input(spec.name, 'float32', spec.shape);
    },
    updateRunning: (spec) => {
      throw new Error(`${spec.name} was updated outside training.`);
    },
    stepNumber: () => {
      throw new Error('The number of the step was asked for outside training.');
    },
    dropoutSeed: () => {
      throw new Error('Dropout was asked for outside training.');
    },
  };
  return { scope, parameters, running };
}

/** Trained weights and running statistics of a network, in order of construction. */
export function weightsOfNetwork(spec: NetworkSpec): { parameters: ParameterSpec[]; running: RunningSpec[] } {
  const graph = new Graph();
  const { scope, parameters, running } = listWeights(graph);
  emitNetwork(scope, spec, graph.input('image', 'float32', [1, spec.inputChannels, UNKNOWN, UNKNOWN]));
  return { parameters, running };
}
