/** Limn's model files: ONNX that takes raw grey values of any image and gives probabilities, and describes itself. */

import { LimnError } from '../errors.ts';
import { Graph } from './graph/graph.ts';
import { UNKNOWN } from './graph/value.ts';
import type { ModelDescription } from './modelDescription.ts';
import { emitInputNormalisation } from './networks/emitInputNormalisation.ts';
import { emitMirroredContext, emitToPlane } from './networks/emitMirroredContext.ts';
import { emitProbabilities } from './networks/emitProbabilities.ts';
import { weightsOfNetwork } from './networks/listWeights.ts';
import { marginPx } from './networks/networkKinds.ts';
import { type DecodedModel, decodeModel } from './onnx/decodeModel.ts';
import { encodeModel } from './onnx/encodeModel.ts';
import { readModelDescription } from './readModelDescription.ts';

const METADATA_KEY = 'limn';

/**
 * A model as one ONNX file. Input `image`: float32 [1, C, H, W], raw grey values, any H and W ≥ 1; output `probabilities`:
 * float32 [1, K, H, W], background first. Normalisation, mirrored margins, network, softmax and crop are in the graph.
 *
 * @param weights parameters and running statistics by name
 * @param options `halfPrecision`: weights as float16, in half the space (rounded to 11 bits)
 * @throws InvalidInput where the weights do not fit the network
 */
export function exportModel(
  description: ModelDescription,
  weights: ReadonlyMap<string, Float32Array>,
  { halfPrecision = false }: { halfPrecision?: boolean } = {},
): Uint8Array {
  const { network, inputNormalisation, mirrorAveraging, classOffsets } = description;
  const graph = new Graph();
  const image = graph.input('image', 'float32', [1, network.inputChannels, UNKNOWN, UNKNOWN]);
  const normalised = emitInputNormalisation(graph, image, inputNormalisation);
  const input = emitMirroredContext(graph, normalised, network);
  const borderPx = marginPx(network);
  const probabilities = emitProbabilities(graph, network, input, {
    weights,
    mirrorAveraging,
    borderPx,
    classOffsets,
  });
  graph.output('probabilities', emitToPlane(graph, probabilities, image));
  const plane = ['batch', 'channel', 'height', 'width'];
  return encodeModel(graph, {
    dimensionNames: { image: plane, probabilities: plane },
    metadata: { [METADATA_KEY]: JSON.stringify(description) },
    halfPrecision,
  });
}

/**
 * Reads a model file back, for prediction and fine-tuning. Weights are views of `bytes` where possible.
 * @param fileName for messages
 * @throws CorruptFile where it is no ONNX file or weights are missing; UnsupportedFormat where Limn did not write it
 */
export function readModel(
  bytes: Uint8Array,
  fileName = 'The model',
): { description: ModelDescription; weights: Map<string, Float32Array> } {
  const model = decode(bytes, fileName);
  const text = model.metadata[METADATA_KEY];
  if (text === undefined) {
    throw new LimnError(
      'UnsupportedFormat',
      `${fileName} is an ONNX file but not a Limn model; export one with limn export-model.`,
      {
        fields: { file: fileName },
      },
    );
  }
  const description = readModelDescription(text, fileName);
  const { parameters, running } = weightsOfNetwork(description.network);
  const weights = new Map<string, Float32Array>();
  for (const { name, shape } of [...parameters, ...running]) {
    const tensor = model.tensors.get(name);
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      throw new LimnError('CorruptFile', `${fileName} lacks the weights ${name}; export the model again.`, {
        fields: { file: fileName, name },
      });
    }
    weights.set(name, tensor.data);
  }
  return { description, weights };
}

function decode(bytes: Uint8Array, fileName: string): DecodedModel {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    throw new LimnError('CorruptFile', `${fileName} is not a complete ONNX file; export or copy it again.`, {
      fields: { file: fileName },
      cause,
    });
  }
}
