/** The arithmetic of a network: multiply-accumulates of one forward pass, for scaling measured times. */

import type { ShapeYX } from '../../science/geometry.ts';
import { Graph } from '../graph/graph.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { listWeights } from './listWeights.ts';
import { emitNetwork } from './networkKinds.ts';

/** Multiply-accumulates of convolutions for one image of the given input shape. */
export function countMacs(spec: NetworkSpec, tile: ShapeYX): number {
  const graph = new Graph();
  const image = graph.input('image', 'float32', [1, spec.inputChannels, tile.y, tile.x]);
  const { scope } = listWeights(graph);
  emitNetwork(scope, spec, image);
  let macs = 0;
  for (const node of graph.nodes) {
    if (node.opType !== 'Conv' && node.opType !== 'ConvTranspose') continue;
    const [x, kernel] = node.inputs.map((name) => graph.types.get(name)!.shape);
    const output = graph.types.get(node.outputs[0]!)!.shape;
    // Fragments of shift-and-stitch are images of their own.
    const [images, , height, width] = node.opType === 'Conv' ? output : x!;
    macs += kernel!.reduce((product, side) => product * side, 1) * images! * height! * width!;
  }
  return macs;
}
