/** Fits the layers of a classifier's file to those of an FCN's backbone, and tells what fitted. */

import type { FileLayer } from '../onnx/decodeLayers.ts';
import type { ParameterSpec } from './networkScope.ts';

/** What became of one layer of the backbone. */
export interface BackboneRow {
  /** Name in the network. */
  readonly layer: string;
  readonly shape: readonly number[];
  /** Name of the weights in the file, null where none fitted. */
  readonly from: string | null;
  readonly shapeInFile: readonly number[] | null;
  /** How it was found and changed, or why it was not taken: a phrase. */
  readonly how: string;
}

export interface BackboneMatch {
  /** Kernels and biases by the network's names. */
  readonly weights: Map<string, Float32Array>;
  /** In the network's order. */
  readonly rows: readonly BackboneRow[];
  /** Layers of the file that nothing was made of, `name shape`. */
  readonly unused: readonly string[];
}

interface Layer {
  readonly name: string;
  readonly kernel: ParameterSpec;
  readonly isFirst: boolean;
}

/** What is left of a weight's name after its layer's. */
const WEIGHT_ENDINGS = new Set(['', 'w', 'w0', 'weight', 'weights', 'kernel']);

/** Letters and digits only, as names of layers differ in separators between frameworks. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function isNamed({ name }: FileLayer, layer: Layer): boolean {
  const [file, own] = [plainName(name), plainName(layer.name)];
  return file.startsWith(own) && WEIGHT_ENDINGS.has(file.slice(own.length));
}

/** How weights of the file become a kernel of the layer; null where they do not. */
function convert(
  { kind, shape, kernel }: FileLayer,
  layer: Layer,
): { data: Float32Array; how: string } | null {
  const [filters, channels, side] = layer.kernel.shape as [number, number, number];
  if (shape[0] !== filters) return null;
  if (kind === 'fully connected') {
    if (shape[1] !== channels * side * side) return null;
    return { data: kernel, how: 'fully connected, now a convolution' };
  }
  if (shape[2] !== side || shape[3] !== side) return null;
  if (shape[1] === channels) return { data: kernel, how: 'the same shape' };
  if (!layer.isFirst) return null;
  return {
    data: shareChannels(kernel, filters, shape[1]!, channels, side * side),
    how: `${shape[1]} input channels summed and shared among ${channels}`,
  };
}

/** A kernel that gives on equal channels what the original gives on equal channels: each gets the mean share of the sum. */
function shareChannels(
  kernel: Float32Array,
  filters: number,
  from: number,
  to: number,
  taps: number,
): Float32Array {
  const shared = new Float32Array(filters * to * taps);
  for (let f = 0; f < filters; f += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      let sum = 0;
      for (let c = 0; c < from; c += 1) sum += kernel[(f * from + c) * taps + tap]!;
      for (let c = 0; c < to; c += 1) shared[(f * to + c) * taps + tap] = sum / to;
    }
  }
  return shared;
}

/**
 * Takes each layer first by its name and shape, then, in order, the next layer of the file whose shape fits. A fully
 * connected layer becomes a convolution over all that it saw; a first layer on other channels is shared among them.
 *
 * @param parameters of the whole network; scores and upsampling are no part of a classifier and left alone
 */
export function matchBackbone(
  parameters: readonly ParameterSpec[],
  file: readonly FileLayer[],
): BackboneMatch {
  const layers = parameters
    .filter(
      ({ name, role, initial }) => role === 'kernel' && initial === undefined && name.endsWith('.kernel'),
    )
    .map(
      (kernel, index): Layer => ({
        name: kernel.name.slice(0, -'.kernel'.length),
        kernel,
        isFirst: index === 0,
      }),
    );
  const chosen = new Map<Layer, { from: FileLayer; how: string; data: Float32Array }>();
  const used = new Set<FileLayer>();
  const take = (layer: Layer, from: FileLayer, by: string): boolean => {
    const converted = used.has(from) ? null : convert(from, layer);
    if (converted === null) return false;
    chosen.set(layer, { from, how: `${by}, ${converted.how}`, data: converted.data });
    used.add(from);
    return true;
  };
  for (const layer of layers)
    file.some((candidate) => isNamed(candidate, layer) && take(layer, candidate, 'by name'));
  let position = 0;
  for (const layer of layers) {
    const named = chosen.get(layer);
    if (named !== undefined) position = file.indexOf(named.from) + 1;
    else {
      const found = file.findIndex((candidate, i) => i >= position && take(layer, candidate, 'by order'));
      if (found >= 0) position = found + 1;
    }
  }
  const weights = new Map<string, Float32Array>();
  const rows = layers.map((layer): BackboneRow => {
    const { shape } = layer.kernel;
    const match = chosen.get(layer);
    if (match === undefined) {
      const namesake = file.find((candidate) => isNamed(candidate, layer));
      const how =
        namesake === undefined
          ? 'not taken: no layer of this name or shape'
          : `not taken: ${namesake.name} is ${namesake.shape.join('×')}`;
      return { layer: layer.name, shape, from: null, shapeInFile: namesake?.shape ?? null, how };
    }
    weights.set(layer.kernel.name, match.data);
    const { bias } = match.from;
    weights.set(
      `${layer.name}.bias`,
      bias !== null && bias.length === shape[0] ? bias : new Float32Array(shape[0]!),
    );
    return { layer: layer.name, shape, from: match.from.name, shapeInFile: match.from.shape, how: match.how };
  });
  const unused = file
    .filter((layer) => !used.has(layer))
    .map(({ name, shape }) => `${name} ${shape.join('×')}`);
  return { weights, rows, unused };
}
