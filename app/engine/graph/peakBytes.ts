/** How much memory a graph's intermediate values take at once, by following which are alive at each node in the runtime's order. */

import type { Graph, GraphNode } from './graph.ts';
import { keepLiveNodes, type LiveGraph } from './liveNodes.ts';
import { type ElementType, sizeOf, type ValueType } from './value.ts';

const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/** Their output is their first input under another name or shape. */
const ALIASES = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);
/** Their output may take the place of an input of its size that nothing needs any more. */
const IN_PLACE = new Set([
  'Relu',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Sqrt',
  'Min',
  'Softmax',
  'LogSoftmax',
  'HardSigmoid',
]);

/** Bytes of a tensor of a shape that is known. */
export function bytesOf({ type, shape }: ValueType): number {
  return BYTES[type] * sizeOf(shape);
}

/**
 * Largest number of bytes of values between the nodes that are alive at once, the outputs of the model included, its
 * inputs and stored weights not. All shapes must be known.
 */
export function peakBytes(graph: Graph): number {
  const live = keepLiveNodes(graph);
  const order = runtimeOrder(live);
  const blocks = new Blocks(graph, order);
  let present = 0;
  let peak = 0;
  for (const node of order) {
    present += blocks.allocate(node);
    peak = Math.max(peak, present);
    present -= blocks.release(node);
  }
  return peak;
}

/** Blocks of memory that values stand in: one for several where they share it. */
class Blocks {
  readonly #graph: Graph;
  /** Block of each value. Values that are fed or stored have none. */
  readonly #blockOf = new Map<string, string>();
  /** Readings that are still to come, by block; outputs of the model are read once more at the end. */
  readonly #uses = new Map<string, number>();
  readonly #readings = new Map<string, number>();
  readonly #bytes = new Map<string, number>();

  constructor(graph: Graph, order: readonly GraphNode[]) {
    this.#graph = graph;
    const count = (name: string): void => {
      this.#readings.set(name, (this.#readings.get(name) ?? 0) + 1);
    };
    for (const node of order) for (const name of node.inputs) count(name);
    for (const { value } of graph.outputs) count(value.name);
  }

  /** Bytes that a node newly takes. */
  allocate({ opType, inputs, outputs }: GraphNode): number {
    let taken = 0;
    for (const output of outputs) {
      const bytes = bytesOf(this.#graph.types.get(output)!);
      const host = this.#hostOf(opType, inputs, bytes);
      const readings = this.#readings.get(output) ?? 0;
      if (host === null) {
        taken += bytes;
        this.#bytes.set(output, bytes);
      }
      const block = host ?? output;
      this.#blockOf.set(output, block);
      this.#uses.set(block, (this.#uses.get(block) ?? 0) + readings);
    }
    return taken;
  }

  /** Bytes that are free once a node has run. */
  release({ inputs, outputs }: GraphNode): number {
    let freed = 0;
    for (const name of inputs) {
      const block = this.#blockOf.get(name);
      if (block === undefined) continue;
      const left = this.#uses.get(block)! - 1;
      this.#uses.set(block, left);
      if (left === 0) freed += this.#bytes.get(block)!;
    }
    // Second outputs that nobody reads.
    for (const name of outputs) {
      const block = this.#blockOf.get(name)!;
      if (block === name && this.#uses.get(block) === 0) freed += this.#bytes.get(block)!;
    }
    return freed;
  }

  /** The block of an input that the output may stand in; null where it needs its own. */
  #hostOf(opType: string, inputs: readonly string[], bytes: number): string | null {
    if (ALIASES.has(opType)) return this.#blockOf.get(inputs[0]!) ?? null;
    if (!IN_PLACE.has(opType)) return null;
    const host = inputs
      .map((name) => this.#blockOf.get(name))
      .find(
        (block) => block !== undefined && this.#bytes.get(block) === bytes && this.#uses.get(block) === 1,
      );
    return host ?? null;
  }
}

/**
 * The order in which ONNX Runtime runs nodes: backwards in depth from the nodes that nothing follows, the last one first,
 * each node after those that it needs (Graph::ReverseDFSFrom).
 */
function runtimeOrder({ nodes }: LiveGraph): GraphNode[] {
  const maker = new Map(nodes.flatMap((node, index) => node.outputs.map((name) => [name, index] as const)));
  const sources = nodes.map((node) => [...new Set(node.inputs.flatMap((name) => maker.get(name) ?? []))]);
  const isFollowed = new Set(sources.flat());
  const stack: { index: number; leave: boolean }[] = [];
  for (const index of nodes.keys()) if (!isFollowed.has(index)) stack.push({ index, leave: false });
  const visited = new Set<number>();
  const order: GraphNode[] = [];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { index, leave } = entry;
    if (leave) {
      order.push(nodes[index]!);
      continue;
    }
    if (visited.has(index)) continue;
    visited.add(index);
    stack.push({ index, leave: true });
    for (const source of sources[index]!.toSorted((a, b) => a - b))
      if (!visited.has(source)) stack.push({ index: source, leave: false });
  }
  return order;
}
