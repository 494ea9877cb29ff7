/** Weights of a published classifier from an ONNX file, for an FCN to begin with. */

import { readFile } from 'node:fs/promises';
import type { NetworkSpec } from '../engine/modelDescription.ts';
import { type BackboneMatch, matchBackbone } from '../engine/networks/backboneWeights.ts';
import { weightsOfNetwork } from '../engine/networks/listWeights.ts';
import { decodeLayers, type FileLayer } from '../engine/onnx/decodeLayers.ts';
import { LimnError } from '../errors.ts';

/**
 * Reads the file and fits its layers to the network's.
 * @throws WrongUsage where the network has no backbone, NotFound, CorruptFile where it is no ONNX file, InvalidInput where
 *   nothing in it fits
 */
export async function readBackbone(network: NetworkSpec, path: string): Promise<BackboneMatch> {
  if (network.kind !== 'fcn') {
    throw new LimnError(
      'WrongUsage',
      'Only FCNs are made of a classifier; leave --backbone-weights out, or choose fcn-32s, fcn-16s or fcn-8s.',
    );
  }
  const layers = decode(await read(path), path);
  const match = matchBackbone(weightsOfNetwork(network).parameters, layers);
  if (match.weights.size > 0) return match;
  const [first] = layers;
  const found = first
    ? `its first layer is ${first.shape.join('×')}`
    : 'it has no convolution with stored weights';
  const wanted = match.rows[0]?.shape.join('×');
  throw new LimnError(
    'InvalidInput',
    `No layer of '${path}' fits ${network.backbone} with ${network.baseFilters} base filters (${found}, ${wanted} is needed); take a file of that classifier, and --base-filters 64 for the published width.`,
    { fields: { path, backbone: network.backbone } },
  );
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LimnError('NotFound', `The backbone's weights '${path}' cannot be read; check the path.`, {
      cause,
      fields: { path },
    });
  }
}

function decode(bytes: Uint8Array, path: string): FileLayer[] {
  try {
    return decodeLayers(bytes);
  } catch (cause) {
    throw new LimnError(
      'CorruptFile',
      `'${path}' is not a complete ONNX file with its weights inside; export or download it again.`,
      { cause, fields: { file: path } },
    );
  }
}
