/** Reverse-mode differentiation over a graph's tape; emits backward nodes only for what is asked for. */

import type { Graph } from './graph.ts';
import { add } from './nodes.ts';
import type { Value } from './value.ts';

/**
 * Gradients of the scalar `loss` with respect to `variables`, in their order; null where the loss does not depend on one.
 * Ops whose inputs lead to none of the variables get no backward nodes (frozen layers cost nothing).
 */
export function emitGradients(graph: Graph, loss: Value, variables: readonly Value[]): (Value | null)[] {
  const tape = [...graph.applications];
  const needed = new Set(variables.map((value) => value.name));
  for (const { inputs, outputs } of tape) {
    if (inputs.some((input) => needed.has(input.name))) for (const output of outputs) needed.add(output.name);
  }
  const gradients = new Map<string, Value>();
  gradients.set(loss.name, graph.constant('float32', [1], loss.shape));
  for (const application of tape.reverse()) {
    const outputGradients = application.outputs.map((output) => gradients.get(output.name) ?? null);
    const wanted = application.inputs.map((input) => needed.has(input.name));
    if (outputGradients.every((gradient) => gradient === null) || !wanted.includes(true)) continue;
    const inputGradients = application.gradient(graph, outputGradients, wanted);
    for (const [index, input] of application.inputs.entries()) {
      const gradient = inputGradients[index] ?? null;
      if (gradient === null || !wanted[index]) continue;
      const known = gradients.get(input.name);
      gradients.set(input.name, known === undefined ? gradient : add(graph, known, gradient));
    }
  }
  return variables.map((value) => gradients.get(value.name) ?? null);
}
