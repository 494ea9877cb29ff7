/** Dead-node removal: what an encoded model keeps of a graph. */

import type { Graph, GraphNode, Initialiser } from './graph.ts';
import type { Value } from './value.ts';

/** The part of a graph that its outputs depend on, in the order of construction (which is a valid order to run). */
export interface LiveGraph {
  readonly nodes: readonly GraphNode[];
  readonly initialisers: readonly Initialiser[];
  /** Every fed value, used or not: the caller feeds them all. */
  readonly inputs: readonly Value[];
}

/** Drops nodes and stored tensors that no output depends on. */
export function keepLiveNodes(graph: Graph): LiveGraph {
  const needed = new Set(graph.outputs.map(({ value }) => value.name));
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.push(node);
  }
  return {
    nodes: nodes.reverse(),
    initialisers: graph.initialisers.filter(({ value }) => needed.has(value.name)),
    inputs: graph.inputs,
  };
}
