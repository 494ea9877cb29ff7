/** A training model loaded on a device: its state lives here from step to step. */

import { Graph } from '../graph/graph.ts';
import { sizeOf } from '../graph/value.ts';
import { encodeModel } from '../onnx/encodeModel.ts';
import { nextName, type TrainingModel } from '../training/buildTrainingModel.ts';
import { LARGEST_KEPT_BYTES } from '../training/estimateMemory.ts';
import { fittingState } from '../training/initialise.ts';
import type { DeviceName } from './deviceName.ts';
import { createSession, type InferenceSession, Tensor } from './ort.ts';
import { runSession } from './runSession.ts';
import {
  copyInto,
  type NetworkStep,
  type PassFeeds,
  type StepFeeds,
  type StepOutcome,
  splitPasses,
} from './stepFeeds.ts';

interface StepOptions {
  readonly device: DeviceName;
  readonly threads: number;
  /** Prefix of a profile file, for measurements. */
  readonly profile?: string;
}

/**
 * On WebGPU the state stays in GPU buffers and is only copied back by {@link read}. Elsewhere it stands in two sets of buffers that take turns as input and output, so that a step allocates
 * nothing. (CUDA and DirectML: the runtime's Node binding knows no buffers of theirs, so it crosses the bus at each step.)
 */
export class TrainingStep implements NetworkStep {
  readonly #model: TrainingModel;
  readonly #options: StepOptions;
  readonly #session: InferenceSession;
  /** Where gradients are accumulated: the session that makes the update. */
  readonly #update: InferenceSession | null;
  /** Present state by name. */
  #current = new Map<string, Tensor>();
  /** Not on WebGPU: buffers for the next state. */
  #spare = new Map<string, Tensor>();
  #reader: InferenceSession | null = null;
  private constructor(
    model: TrainingModel,
    session: InferenceSession,
    update: InferenceSession | null,
    options: StepOptions,
  ) {
    this.#model = model;
    this.#session = session;
    this.#update = update;
    this.#options = options;
  }

  /** @throws DeviceUnavailable */
  static async create(model: TrainingModel, options: StepOptions): Promise<TrainingStep> {
    const names = [...model.parameters, ...model.state, ...model.sums].map(({ name }) => nextName(name));
    const keepsMemory = model.passBytes <= LARGEST_KEPT_BYTES;
    const ofSession = { ...options, keptOutputs: names, keepsMemory };
    const session = await createSession(model.bytes, ofSession);
    const update = model.update && (await createSession(model.update, ofSession));
    return new TrainingStep(model, session, update, options);
  }

  #tensors(): { name: string; shape: readonly number[] }[] {
    return [...this.#model.parameters, ...this.#model.state];
  }

  load(state: ReadonlyMap<string, Float32Array>, given = false): void {
    const loaded = new Map<string, Tensor>();
    for (const { name, shape, data } of fittingState(this.#model, state, given))
      loaded.set(name, new Tensor('float32', data, shape));
    for (const { name, shape } of this.#model.sums)
      loaded.set(name, new Tensor('float32', new Float32Array(sizeOf(shape)), shape));
    this.#release();
    this.#current = loaded;
    if (this.#options.device !== 'webgpu') {
      const outputs = new Set([...this.#session.outputNames, ...(this.#update?.outputNames ?? [])]);
      for (const { name, shape } of [...this.#tensors(), ...this.#model.sums]) {
        if (outputs.has(nextName(name)))
          this.#spare.set(name, new Tensor('float32', new Float32Array(sizeOf(shape)), shape));
      }
    }
  }

  async run(feeds: StepFeeds): Promise<StepOutcome> {
    if (this.#current.size === 0) throw new Error('TrainingStep.run was called before load.');
    if (this.#update === null) {
      const { loss, gradientNorm } = await this.#advance(this.#session, feeds);
      return { loss: loss!, ...(gradientNorm !== undefined && { gradientNorm }) };
    }
    let loss = 0;
    for (const [index, pass] of splitPasses(feeds, this.#model.accumulate).entries()) {
      // A pass's loss is a mean over its own weights: by its share of them the passes add up to that of one batch.
      loss += pass.share * (await this.#advance(this.#session, { ...pass, keep: Math.min(1, index) })).loss!;
    }
    const { gradientNorm } = await this.#advance(this.#update, feeds);
    return { loss, ...(gradientNorm !== undefined && { gradientNorm }) };
  }

  /** Runs a session once: what it gives a next value of takes that value. */
  async #advance(
    session: InferenceSession,
    feeds: PassFeeds,
  ): Promise<{ loss?: number; gradientNorm?: number }> {
    const inputs: Record<string, Tensor> = {};
    const feedShapes = new Map(this.#model.feeds.map(({ name, shape }) => [name, shape]));
    for (const name of session.inputNames) {
      inputs[name] = this.#current.get(name) ?? feedTensor(name, feedShapes.get(name) ?? [], feeds);
    }
    const fetches: Record<string, Tensor | null> = {};
    const changing = [...this.#current.keys()].filter((name) => session.outputNames.includes(nextName(name)));
    for (const name of session.outputNames) fetches[name] = null;
    for (const name of changing) fetches[nextName(name)] = this.#spare.get(name) ?? null;
    const results = await runSession(session, inputs, fetches);
    for (const name of changing) {
      const old = this.#current.get(name)!;
      const next = results[nextName(name)] as Tensor;
      this.#current.set(name, this.#spare.get(name) ?? next);
      if (this.#options.device !== 'webgpu') this.#spare.set(name, old);
      else old.dispose();
    }
    const { loss, gradientNorm } = results;
    return {
      ...(loss !== undefined && { loss: Number((loss as Tensor).data[0]) }),
      ...(gradientNorm !== undefined && { gradientNorm: Number((gradientNorm as Tensor).data[0]) }),
    };
  }

  async read(into?: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>> {
    const state = new Map<string, Float32Array>();
    const onDevice: Record<string, Tensor> = {};
    const sums = new Set(this.#model.sums.map(({ name }) => name));
    for (const [name, tensor] of this.#current) {
      if (sums.has(name)) continue;
      if (tensor.location === 'gpu-buffer') onDevice[name] = tensor;
      else state.set(name, copyInto(into?.get(name), tensor.data as Float32Array));
    }
    if (Object.keys(onDevice).length === 0) return state;
    // getData() of a GPU tensor aborts the process in this runtime; a session whose outputs are on the CPU copies safely.
    this.#reader ??= await createSession(this.#copyModel(Object.keys(onDevice)), this.#options);
    const copies = await runSession(this.#reader, onDevice);
    for (const name of Object.keys(onDevice))
      state.set(name, (copies[nextName(name)] as Tensor).data as Float32Array);
    // In the model's order, as from the CPU.
    return new Map(this.#tensors().map(({ name }) => [name, state.get(name)!]));
  }

  async dispose(): Promise<void> {
    this.#release();
    await this.#reader?.release();
    await this.#update?.release();
    await this.#session.release();
  }

  #release(): void {
    for (const tensor of this.#current.values()) if (tensor.location === 'gpu-buffer') tensor.dispose();
    this.#current = new Map();
    this.#spare = new Map();
  }

  #copyModel(names: readonly string[]): Uint8Array {
    const graph = new Graph();
    for (const { name, shape } of this.#tensors()) {
      if (!names.includes(name)) continue;
      const value = graph.input(name, 'float32', shape);
      graph.output(nextName(name), graph.node('Identity', [value], {}, value));
    }
    return encodeModel(graph);
  }
}

function feedTensor(name: string, shape: readonly number[], feeds: PassFeeds): Tensor {
  switch (name) {
    case 'image':
    case 'weight':
      return checked(name, feeds[name], shape, 'float32');
    case 'target':
      return checked(name, feeds.target, shape, 'uint8');
    case 'learningRate':
      return new Tensor('float32', Float32Array.of(feeds.learningRate), shape);
    case 'share':
      return new Tensor('float32', Float32Array.of(feeds.share ?? 1), shape);
    case 'keep':
      return new Tensor('float32', Float32Array.of(feeds.keep ?? 0), shape);
    case 'dropoutSeed':
      return new Tensor('int32', Int32Array.of(feeds.dropoutSeed ?? 0), shape);
    default:
      throw new Error(`The training model asks for ${name}, which no step has.`);
  }
}

function checked(
  name: string,
  data: Float32Array | Uint8Array,
  shape: readonly number[],
  type: 'float32' | 'uint8',
): Tensor {
  if (data.length !== sizeOf(shape))
    throw new Error(`${name} has ${data.length} elements, not ${shape.join(' × ')}.`);
  return type === 'float32'
    ? new Tensor('float32', data as Float32Array, shape)
    : new Tensor('uint8', data as Uint8Array, shape);
}
