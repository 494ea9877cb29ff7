/** From network input to class probabilities: the network with its weights stored, softmax, and mirror averaging on request. */

import { LimnError } from '../../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { add, multiply, reverse, scalar } from '../graph/nodes.ts';
import { crop } from '../graph/ops/crop.ts';
import { sizeOf, type Value } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { emitNetwork, validBorderPx } from './networkKinds.ts';
import type { NetworkScope } from './networkScope.ts';

export interface ProbabilityOptions {
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Mean of the predictions of the image and its three mirror images. */
  readonly mirrorAveraging: boolean;
  /** Border cut from the input's plane, px; at least the network's own. */
  readonly borderPx: number;
  /** Added to the logits, `[classes]`, background first; default zeros. */
  readonly classOffsets?: readonly number[] | undefined;
}

/**
 * input: [batch, channels, height, width], sides that fit the network
 * → probabilities [batch, classes, height − 2 · border, width − 2 · border].
 *
 * @throws InvalidInput where a weight is missing or of another size
 */
export function emitProbabilities(
  graph: Graph,
  spec: NetworkSpec,
  input: Value,
  options: ProbabilityOptions,
): Value {
  const scope = storedScope(graph, options.weights);
  const { classOffsets } = options;
  if (classOffsets !== undefined && classOffsets.length !== spec.classes) {
    throw new LimnError(
      'InvalidInput',
      `The model has ${classOffsets.length} class offsets for ${spec.classes} classes; export the model again.`,
    );
  }
  const offsets =
    classOffsets?.some((offset) => offset !== 0) === true
      ? graph.constant('float32', classOffsets, [1, spec.classes, 1, 1])
      : null;
  const predict = (x: Value): Value => {
    const ofNetwork = crop(graph, emitNetwork(scope, spec, x), options.borderPx - validBorderPx(spec));
    const logits = offsets === null ? ofNetwork : add(graph, ofNetwork, offsets);
    return graph.node('Softmax', [logits], { axis: 1 }, logits);
  };
  if (!options.mirrorAveraging) return predict(input);
  const mirrored = [[2], [3], [2, 3]].map((axes) =>
    reverse(graph, predict(reverse(graph, input, axes)), axes),
  );
  const sum = mirrored.reduce((total, part) => add(graph, total, part), predict(input));
  return multiply(graph, sum, scalar(graph, 0.25));
}

/** A scope whose weights are stored in the graph, each once. */
function storedScope(graph: Graph, weights: ReadonlyMap<string, Float32Array>): NetworkScope {
  const stored = new Map<string, Value>();
  const store = ({ name, shape }: { name: string; shape: readonly number[] }): Value => {
    const known = stored.get(name);
    if (known !== undefined) return known;
    const data = weights.get(name);
    if (data === undefined || data.length !== sizeOf(shape)) {
      throw new LimnError(
        'InvalidInput',
        `The model's weights do not fit its network: ${name} is missing or of another size; export the model again.`,
        { fields: { name } },
      );
    }
    const value = graph.weight(name, shape, data);
    stored.set(name, value);
    return value;
  };
  return {
    graph,
    training: false,
    parameter: store,
    running: store,
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
}
