/** Runs a graph with TensorFlow.js, node by node in the order in which it was built. */

import type { Tensor } from '@tensorflow/tfjs';
import type { Graph, GraphNode, Initialiser } from '../graph/graph.ts';
import { keepLiveNodes } from '../graph/liveNodes.ts';
import { runNode } from './operators.ts';
import type { Tf } from './tensorflow.ts';
import { isIntegers, type TfValue, tensorOf } from './values.ts';

export class GraphRunner {
  readonly #tf: Tf;
  readonly #nodes: readonly GraphNode[];
  /** Stored values by name. */
  readonly #stored: ReadonlyMap<string, TfValue>;
  readonly #outputs: Graph['outputs'];

  /** Keeps what the graph stores in the library's memory until {@link dispose}. */
  constructor(tf: Tf, graph: Graph) {
    const { nodes, initialisers } = keepLiveNodes(graph);
    this.#tf = tf;
    this.#nodes = nodes;
    this.#outputs = graph.outputs;
    this.#stored = new Map(initialisers.map((stored) => [stored.value.name, storedValue(tf, stored)]));
  }

  /**
   * The outputs by name, tensors of the caller's `tidy`. Differentiable by the library in every tensor that is fed.
   * @throws Error where an input is not fed
   */
  run(feeds: ReadonlyMap<string, TfValue>): Map<string, Tensor> {
    const values = new Map(this.#stored);
    for (const [name, value] of feeds) values.set(name, value);
    const present = (name: string): TfValue => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`The graph's input ${name} was not fed.`);
      return value;
    };
    for (const node of this.#nodes) {
      values.set(node.outputs[0]!, runNode(this.#tf, node, node.inputs.map(present)));
    }
    return new Map(this.#outputs.map(({ name, value }) => [name, tensorOf(present(value.name))]));
  }

  dispose(): void {
    for (const value of this.#stored.values()) if (!isIntegers(value)) value.dispose();
  }
}

function storedValue(tf: Tf, { value, data }: Initialiser): TfValue {
  if (data instanceof Float32Array) return tf.tensor(data, [...value.shape]);
  if (data instanceof BigInt64Array) return { values: Array.from(data, Number), shape: value.shape };
  if (data instanceof Int32Array) return { values: data, shape: value.shape };
  throw new Error(`Stored values of type ${value.type} are not known.`);
}
