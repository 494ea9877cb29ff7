/** A whole training step as one ONNX model: forward, loss, backward, optimiser; state goes in, the updated state comes out. */

import type { ShapeYX } from '../../science/geometry.ts';
import { emitGradients } from '../graph/gradients.ts';
import { Graph } from '../graph/graph.ts';
import { add, multiply, scalar } from '../graph/nodes.ts';
import { weightedCrossEntropy } from '../graph/ops/weightedCrossEntropy.ts';
import { peakBytes } from '../graph/peakBytes.ts';
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

/** What a training step takes and keeps, on any engine. */
export interface TrainingLayout {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly StateSpec[];
  /** image [N, C, H, W], target [N, 1, h, w] (0 unlabelled, 1 background, 1 + k), weight, learningRate [1], dropoutSeed [1]. */
  readonly feeds: readonly FeedSpec[];
  readonly inputShape: ShapeYX;
  readonly outputShape: ShapeYX;
  /** Multiply-accumulates of one step: three times the forward convolutions'. */
  readonly macs: number;
  /** Values between the nodes of a step that are alive at once, bytes: what is kept for the backward pass, gradients, workspace. */
  readonly passBytes: number;
  /** Whether `gradientNorm` [1] is given (only where it is clipped). */
  readonly hasGradientNorm: boolean;
  /** Passes of one update. */
  readonly accumulate: number;
  /** Sums of gradients: neither weights nor state, for they begin anew with each update. */
  readonly sums: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** A training step for ONNX Runtime. */
export interface TrainingModel extends TrainingLayout {
  /** The ONNX file. For every parameter and state `x` it takes `x` and gives `next/x`; it also gives `loss` [1]. */
  readonly bytes: Uint8Array;
  /**
   * Null where a step is one pass. Otherwise `bytes` only adds a pass's gradients, times `share`, to `sums`, times `keep`, and
   * this second ONNX file makes the update of their total.
   */
  readonly update: Uint8Array | null;
}

/** A training step as graphs, for an engine that differentiates by itself. */
export interface TrainingGraphs extends TrainingLayout {
  /** One pass: from weights, state and feeds to `loss` [1] and the state that a pass changes (`next/x`). */
  readonly pass: Graph;
  /** From weights, state and the gradients of all passes (under the names in `sums`) to the weights and state after the update. */
  readonly update: Graph;
  /** Names of the parameters that train, in the order of `sums`. */
  readonly trained: readonly string[];
}

export interface TrainingModelOptions {
  /** Tiles of one pass. */
  readonly batch: number;
  /** Passes whose gradients are averaged into one update; default 1. */
  readonly accumulate?: number;
  /** Input tile, px; must fit the network. */
  readonly tile: ShapeYX;
  readonly optimiser: OptimiserSpec;
  /** Which parameters train; default all. The others cost no backward pass and stay as they are. */
  readonly trains?: (parameter: ParameterSpec) => boolean;
}

interface Composed {
  layout: TrainingLayout;
  graph: Graph;
  /** The same graph where a step is one pass. */
  updating: Graph;
  trained: string[];
}

/** Name of a gradient's sum over passes. */
const sumName = (parameter: string): string => `sum/${parameter}`;

/** Name of a tensor's output. */
export const nextName = (name: string): string => `next/${name}`;

/**
 * Builds the model of a training step.
 * @throws InvalidInput where the tile does not fit the network
 */
export function buildTrainingModel(spec: NetworkSpec, options: TrainingModelOptions): TrainingModel {
  const { layout, graph, updating } = compose(spec, options, 'emitted');
  return {
    ...layout,
    bytes: encodeModel(graph),
    update: updating === graph ? null : encodeModel(updating),
  };
}

/**
 * What the model of a training step takes and keeps, without the model.
 * @throws InvalidInput where the tile does not fit the network
 */
export function layoutOfTraining(spec: NetworkSpec, options: TrainingModelOptions): TrainingLayout {
  return compose(spec, options, 'emitted').layout;
}

/**
 * Builds the graphs of a training step without its backward nodes.
 * @throws InvalidInput where the tile does not fit the network
 */
export function buildTrainingGraphs(spec: NetworkSpec, options: TrainingModelOptions): TrainingGraphs {
  const { layout, graph, updating, trained } = compose(spec, options, 'fed');
  return { ...layout, pass: graph, update: updating, trained };
}

/** @param gradients emitted as backward nodes, or fed to the update by who runs the pass */
function compose(
  spec: NetworkSpec,
  options: TrainingModelOptions,
  gradientsAre: 'emitted' | 'fed',
): Composed {
  const { batch, tile, optimiser, accumulate = 1 } = options;
  const outputShape = { y: outputSideOf(spec, tile.y), x: outputSideOf(spec, tile.x) };
  const graph = new Graph();
  /** Where the weights are updated: at the end of the pass, or apart from the passes. */
  const updating = accumulate > 1 || gradientsAre === 'fed' ? new Graph() : graph;
  const feeds: FeedSpec[] = [];
  const feed = (into: Graph, name: string, type: ElementType, shape: readonly number[]): Value => {
    feeds.push({ name, type, shape });
    return into.input(name, type, shape);
  };
  const image = feed(graph, 'image', 'float32', [batch, spec.inputChannels, tile.y, tile.x]);
  const target = feed(graph, 'target', 'uint8', [batch, 1, outputShape.y, outputShape.x]);
  const weight = feed(graph, 'weight', 'float32', [batch, 1, outputShape.y, outputShape.x]);
  const learningRate = feed(updating, 'learningRate', 'float32', [1]);

  const parameters: { spec: ParameterSpec; value: Value }[] = [];
  const state: StateSpec[] = [];
  const stateValue = (into: Graph, stateSpec: StateSpec): Value => {
    if (!state.some(({ name }) => name === stateSpec.name)) state.push(stateSpec);
    return into.input(stateSpec.name, 'float32', stateSpec.shape);
  };
  const next = new Map<Graph, Map<string, Value>>([
    [graph, new Map()],
    [updating, new Map()],
  ]);
  const setNext = (into: Graph, name: string, value: Value): void => {
    next.get(into)?.set(name, value);
  };
  let seed: Value | null = null;
  const counts = new Map<Graph, Value>();
  /** Counted only where something asks for it; each update counts once, however many passes it has. */
  const stepNumber = (into: Graph): Value => {
    const known = counts.get(into);
    if (known !== undefined) return known;
    const before = stateValue(into, { name: 'step', shape: [1], role: 'step', initial: 'zeros' });
    const count = add(into, before, scalar(into, 1));
    counts.set(into, count);
    if (into === updating) setNext(into, 'step', count);
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
    running: (running) => stateValue(graph, { ...running, role: 'running' }),
    updateRunning: (running, value) => setNext(graph, running.name, value),
    stepNumber: () => stepNumber(graph),
    dropoutSeed() {
      seed ??= feed(graph, 'dropoutSeed', 'int32', [1]);
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
  const variables = trained.map(({ value }) => value);
  const gradients = gradientsAre === 'emitted' ? emitGradients(graph, loss, variables) : null;
  const sums =
    updating === graph ? [] : trained.map(({ spec: { name, shape } }) => ({ name: sumName(name), shape }));
  if (gradients !== null && sums.length > 0) {
    const keep = feed(graph, 'keep', 'float32', [1]);
    const share = feed(graph, 'share', 'float32', [1]);
    for (const [index, { name, shape }] of sums.entries()) {
      const before = multiply(graph, graph.input(name, 'float32', shape), keep);
      setNext(graph, name, add(graph, before, multiply(graph, gradients[index]!, share)));
    }
  }
  // What the passes count is counted on by the update.
  if (counts.has(graph)) stepNumber(updating);
  const norm = emitUpdates(
    {
      graph: updating,
      learningRate,
      step: () => stepNumber(updating),
      state: (stateSpec) => stateValue(updating, stateSpec),
      update: (name, value) => setNext(updating, name, value),
    },
    trained.map((parameter, index) => {
      const sum = sums[index];
      if (sum === undefined) return { ...parameter, gradient: gradients![index]! };
      const { name, shape } = parameter.spec;
      return {
        spec: parameter.spec,
        value: updating.input(name, 'float32', shape),
        gradient: updating.input(sum.name, 'float32', shape),
      };
    }),
    optimiser,
  );
  for (const [into, values] of next) for (const [name, value] of values) into.output(nextName(name), value);
  graph.output('loss', loss);
  if (norm !== null) updating.output('gradientNorm', norm);
  const layout = {
    accumulate,
    sums,
    parameters: parameters.map((parameter) => parameter.spec),
    state,
    feeds,
    inputShape: tile,
    outputShape,
    macs: 3 * countMacs(spec, tile) * batch * accumulate,
    hasGradientNorm: norm !== null,
    passBytes: peakBytes(graph),
  };
  return { layout, graph, updating, trained: trained.map((parameter) => parameter.spec.name) };
}
