/** A training step in TensorFlow.js: the pass of ONNX Runtime's, differentiated by the library, and the same update. */

import type { Tensor } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/value.ts';
import {
  copyInto,
  type NetworkStep,
  type PassFeeds,
  type StepFeeds,
  type StepOutcome,
  splitPasses,
} from '../runtime/stepFeeds.ts';
import { nextName, type TrainingGraphs } from '../training/buildTrainingModel.ts';
import { fittingState } from '../training/initialise.ts';
import { GraphRunner } from './graphRunner.ts';
import type { Tf } from './tensorflow.ts';
import type { TfValue } from './values.ts';

/** Weights and state are tensors of the library, under the names and in the layout of ONNX Runtime's step. */
export class TfTrainingStep implements NetworkStep {
  readonly #tf: Tf;
  readonly #graphs: TrainingGraphs;
  readonly #pass: GraphRunner;
  readonly #update: GraphRunner;
  /** Present weights and state by name. */
  readonly #current = new Map<string, Tensor>();

  constructor(tf: Tf, graphs: TrainingGraphs) {
    this.#tf = tf;
    this.#graphs = graphs;
    this.#pass = new GraphRunner(tf, graphs.pass);
    this.#update = new GraphRunner(tf, graphs.update);
  }

  load(state: ReadonlyMap<string, Float32Array>): void {
    const fitting = fittingState(this.#graphs, state);
    this.#release();
    // The library may keep the array that it is given.
    for (const { name, shape, data } of fitting)
      this.#current.set(name, this.#tf.tensor(data.slice(), [...shape]));
  }

  async run(feeds: StepFeeds): Promise<StepOutcome> {
    if (this.#current.size === 0) throw new Error('TfTrainingStep.run was called before load.');
    const { accumulate } = this.#graphs;
    const passes = accumulate === 1 ? [{ ...feeds, share: 1 }] : splitPasses(feeds, accumulate);
    const tf = this.#tf;
    let loss = 0;
    let sums: Tensor[] | null = null;
    for (const pass of passes) {
      const before: Tensor[] | null = sums;
      const [value, ...gradients] = tf.tidy((): Tensor[] => {
        const { value, grads } = this.#differentiate(pass);
        const shares = pass.share === 1 ? grads : grads.map((gradient) => gradient.mul(pass.share));
        return [value, ...shares.map((share, index) => before?.[index]?.add(share) ?? share)];
      });
      tf.dispose(before ?? []);
      loss += pass.share * Number((await value!.data())[0]);
      value!.dispose();
      sums = gradients;
    }
    const gradientNorm = this.#applyUpdate(sums ?? [], feeds.learningRate);
    return { loss, ...(gradientNorm !== null && { gradientNorm }) };
  }

  /** One pass: loss and gradients of the trained weights; running statistics go on by the way. */
  #differentiate(pass: PassFeeds): { value: Tensor; grads: Tensor[] } {
    const { trained } = this.#graphs;
    const feeds = new Map<string, TfValue>(this.#current);
    for (const [name, value] of this.#feedsOf(pass)) feeds.set(name, value);
    const next = new Map<string, Tensor>();
    const differentiate = this.#tf.valueAndGrads((...weights: Tensor[]) => {
      for (const [index, name] of trained.entries()) feeds.set(name, weights[index]!);
      const outputs = this.#pass.run(feeds);
      for (const [name, tensor] of outputs) if (name !== 'loss') next.set(name, this.#tf.keep(tensor));
      return outputs.get('loss')!.asScalar();
    });
    const result = differentiate(trained.map((name) => this.#current.get(name)!));
    this.#advance(next);
    return result;
  }

  #feedsOf(pass: PassFeeds): Map<string, TfValue> {
    const feeds = new Map<string, TfValue>();
    for (const { name, shape } of this.#graphs.feeds) {
      if (name === 'image' || name === 'weight' || name === 'target') {
        const data = Float32Array.from(pass[name]);
        if (data.length !== sizeOf(shape))
          throw new Error(`${name} has ${data.length} elements, not ${shape.join(' × ')}.`);
        feeds.set(name, this.#tf.tensor(data, [...shape]));
      } else if (name === 'dropoutSeed') {
        feeds.set(name, { values: Int32Array.of(pass.dropoutSeed ?? 0), shape });
      }
    }
    return feeds;
  }

  /** From the gradients, which are given away, to the next weights and state. */
  #applyUpdate(gradients: readonly Tensor[], learningRate: number): number | null {
    const next = new Map<string, Tensor>();
    let norm: number | null = null;
    this.#tf.tidy(() => {
      const feeds = new Map<string, TfValue>(this.#current);
      feeds.set('learningRate', this.#tf.tensor([learningRate]));
      for (const [index, { name }] of this.#graphs.sums.entries()) feeds.set(name, gradients[index]!);
      const outputs = this.#update.run(feeds);
      for (const [name, tensor] of outputs)
        if (name !== 'gradientNorm') next.set(name, this.#tf.keep(tensor));
      norm = outputs.get('gradientNorm')?.dataSync()[0] ?? null;
    });
    this.#tf.dispose([...gradients]);
    this.#advance(next);
    return norm;
  }

  /** What has a next value takes it. */
  #advance(next: ReadonlyMap<string, Tensor>): void {
    for (const [name, old] of this.#current) {
      const tensor = next.get(nextName(name));
      if (tensor === undefined) continue;
      old.dispose();
      this.#current.set(name, tensor);
    }
  }

  async read(into?: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>> {
    const state = new Map<string, Float32Array>();
    for (const [name, tensor] of this.#current)
      state.set(name, copyInto(into?.get(name), (await tensor.data()) as Float32Array));
    return state;
  }

  async dispose(): Promise<void> {
    this.#release();
    this.#pass.dispose();
    this.#update.dispose();
  }

  #release(): void {
    for (const tensor of this.#current.values()) tensor.dispose();
    this.#current.clear();
  }
}
