/** A whole training step as one ONNX model: forward, loss, backward, optimiser; state goes in, the updated state comes out. */

import type { ShapeYX } from '../../science/geometry.ts';
import { emitGradients } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import { add, scalar } from '../graph/nodes.ts';
import { weightedCrossEntropy } from '../graph/ops/weightedCrossEntropy.ts';
import { type ElementType, equalShapes, type Value } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { countMacs } from '../networks/countMacs.ts';
import { emitNetwork, outputSideOf } from '../networks/networkKinds.ts';
import type { NetworkScope, ParameterSpec } from '../networks/networkScope.ts';
import { encodeModel } from '../onnx/encodeModel.ts';
import { emitUpdates } from '../optimisers/emitUpdates.ts';
import type { OptimiserSpec, StateSpec } from '../optimisers/optimiserSpec.ts';

/** A tensor that is fed at each step. */
export interface FeedSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

export interface TrainingModel {
  /** The ONNX file. For every parameter and state `x` it takes `x` and gives `next/x`; it also gives `loss` [1]. */
  readonly bytes: Uint8Array;
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly StateSpec[];
  /** image [N, C, H, W], target [N, 1, h, w] (0 unlabelled, 1 background, 1 + k), weight, learningRate [1], dropoutSeed [1]. */
  readonly feeds: readonly FeedSpec[];
  readonly inputShape: ShapeYX;
  readonly outputShape: ShapeYX;
  /** Multiply-accumulates of one step: three times the forward convolutions'. */
  readonly macs: number;
  /** Whether `gradientNorm` [1] is given (only where it is clipped). */
  readonly hasGradientNorm: boolean;
}

export interface TrainingModelOptions {
  readonly batch: number;
  /** Input tile, px; must fit the network. */
  readonly tile: ShapeYX;
  readonly optimiser: OptimiserSpec;
  /** Which parameters train; default all. The others cost no backward pass and stay as they are. */
  readonly trains?: (parameter: ParameterSpec) => boolean;
}

/** Name of a tensor's output. */
export const nextName = (name: string): string => `next/${name}`;

/**
 * Builds the model of a training step.
 * @throws InvalidInput where the tile does not fit the network
 */
export function buildTrainingModel(spec: NetworkSpec, options: TrainingModelOptions): TrainingModel {
  const { batch, tile, optimiser } = options;
  const outputShape = { y: outputSideOf(spec, tile.y), x: outputSideOf(spec, tile.x) };
  const graph = new Graph();
  const feeds: FeedSpec[] = [];
  const feed = (name: string, type: ElementType, shape: readonly number[]): Value => {
    feeds.push({ name, type, shape });
    return graph.input(name, type, shape);
  };
  const image = feed('image', 'float32', [batch, spec.inputChannels, tile.y, tile.x]);
  const target = feed('target', 'uint8', [batch, 1, outputShape.y, outputShape.x]);
  const weight = feed('weight', 'float32', [batch, 1, outputShape.y, outputShape.x]);
  const learningRate = feed('learningRate', 'float32', [1]);

  const parameters: { spec: ParameterSpec; value: Value }[] = [];
  const state: StateSpec[] = [];
  const stateValue = (stateSpec: StateSpec): Value => {
    state.push(stateSpec);
    return graph.input(stateSpec.name, 'float32', stateSpec.shape);
  };
  const next = new Map<string, Value>();
  let seed: Value | null = null;
  let count: Value | null = null;
  /** Counted only where something asks for it. */
  const stepNumber = (): Value => {
    if (count === null) {
      const before = stateValue({ name: 'step', shape: [1], role: 'step', initial: 'zeros' });
      count = add(graph, before, scalar(graph, 1));
      next.set('step', count);
    }
    return count;
  };
  const scope: NetworkScope = {
    graph,
    training: true,
    parameter(parameter) {
      const value = graph.input(parameter.name, 'float32', parameter.shape);
      parameters.push({ spec: parameter, value });
      return value;
    },
    running: (running) => stateValue({ ...running, role: 'running' }),
    updateRunning: (running, value) => next.set(running.name, value),
    stepNumber,
    dropoutSeed() {
      seed ??= feed('dropoutSeed', 'int32', [1]);
      return seed;
    },
  };
  const logits = emitNetwork(scope, spec, image);
  if (!equalShapes(logits.shape, [batch, spec.classes, outputShape.y, outputShape.x])) {
    throw new Error(
      `The network's output is ${logits.shape.join('×')}, not the ${outputShape.y}×${outputShape.x} expected.`,
    );
  }
  const loss = weightedCrossEntropy(graph, logits, target, weight);
  const trained = parameters.filter((parameter) => options.trains?.(parameter.spec) ?? true);
  const gradients = emitGradients(
    graph,
    loss,
    trained.map(({ value }) => value),
  );
  const norm = emitUpdates(
    {
      graph,
      learningRate,
      step: stepNumber,
      state: stateValue,
      update: (name, value) => next.set(name, value),
    },
    trained.map((parameter, index) => ({ ...parameter, gradient: gradients[index]! })),
    optimiser,
  );
  for (const [name, value] of next) graph.output(nextName(name), value);
  graph.output('loss', loss);
  if (norm !== null) graph.output('gradientNorm', norm);
  return {
    bytes: encodeModel(graph),
    parameters: parameters.map((parameter) => parameter.spec),
    state,
    feeds,
    inputShape: tile,
    outputShape,
    macs: 3 * countMacs(spec, tile) * batch,
    hasGradientNorm: norm !== null,
  };
}
