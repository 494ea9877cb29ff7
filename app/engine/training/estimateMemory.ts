/** What a training run holds in memory at its most, estimated from its graph before anything runs. */

import { sizeOf } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import type { DeviceName } from '../runtime/deviceName.ts';
import { layoutOfTraining, type TrainingLayout, type TrainingModelOptions } from './buildTrainingModel.ts';

/**
 * Passes that hold more give their memory back at each node: the runtime's arena takes up to twice what is alive, and what new
 * pages cost is little beside the arithmetic of such a step (the paper's: 1.8 rather than 2.2 GB).
 */
export const LARGEST_KEPT_BYTES = 512 * 2 ** 20;

/** Node, the runtime and its compiled session. */
const PROCESS_BYTES = 150 * 2 ** 20;
/**
 * What the runtime takes of what is alive: its arena breaks memory into pieces; without one only small pieces and the
 * convolutions' workspace come on top. Measured on eight networks, tiles and batches (0.92 to 1.38 of the peak).
 */
const ARENA_FACTOR = 2.1;
const PLAIN_FACTOR = 1.5;
/** Buffers of a GPU are rounded up and kept for the next of their size. */
const GPU_FACTOR = 1.25;

export interface TrainingMemory {
  /** Weights, optimiser state and averages, each in two sets that take turns. */
  stateBytes: number;
  /** Activations kept for the backward pass, gradients, and the runtime's own. */
  passBytes: number;
  /** On the CPU with the process around it, a checkpoint in the making and the weights that are validated. */
  totalBytes: number;
}

/**
 * Memory of a training on ONNX Runtime on a device: the engine process's on the CPU, the card's on a GPU.
 * @throws InvalidInput where the tile does not fit the network
 */
export function estimateTrainingMemory(
  network: NetworkSpec,
  options: TrainingModelOptions,
  device: DeviceName,
): TrainingMemory {
  return memoryOfLayout(layoutOfTraining(network, options), device);
}

/** As {@link estimateTrainingMemory}, of a layout that is there. */
export function memoryOfLayout(layout: TrainingLayout, device: DeviceName): TrainingMemory {
  const bytesOf = (tensors: readonly { shape: readonly number[] }[]): number =>
    4 * tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const stateBytes = 2 * bytesOf([...layout.parameters, ...layout.state, ...layout.sums]);
  if (device !== 'cpu') {
    const passBytes = GPU_FACTOR * layout.passBytes;
    return { stateBytes, passBytes, totalBytes: stateBytes + passBytes };
  }
  const factor = layout.passBytes > LARGEST_KEPT_BYTES ? PLAIN_FACTOR : ARENA_FACTOR;
  const passBytes = factor * layout.passBytes;
  const kept = bytesOf([...layout.parameters, ...layout.state]) + bytesOf(layout.parameters);
  return { stateBytes, passBytes, totalBytes: PROCESS_BYTES + stateBytes + passBytes + kept };
}
