/** A network with its weights in TensorFlow.js, for inference on tiles of one shape. */

import type { ShapeYX } from '../../science/geometry.ts';
import { Graph } from '../graph/graph.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { emitProbabilities } from '../networks/emitProbabilities.ts';
import { validBorderPx } from '../networks/networkKinds.ts';
import { GraphRunner } from './graphRunner.ts';
import type { Tf } from './tensorflow.ts';

export class TfPredictor {
  readonly #tf: Tf;
  readonly #runner: GraphRunner;
  readonly #shape: [number, number, number, number];

  /**
   * @param tile sides of the input, px; they must fit the network
   * @throws InvalidInput where the weights do not fit
   */
  constructor(tf: Tf, spec: NetworkSpec, weights: ReadonlyMap<string, Float32Array>, tile: ShapeYX) {
    const graph = new Graph();
    this.#shape = [1, spec.inputChannels, tile.y, tile.x];
    const image = graph.input('image', 'float32', this.#shape);
    const options = { weights, mirrorAveraging: false, borderPx: validBorderPx(spec) };
    graph.output('probabilities', emitProbabilities(graph, spec, image, options));
    this.#tf = tf;
    this.#runner = new GraphRunner(tf, graph);
  }

  /** image: [1, C, y, x], normalised → all that the network gives, [1, K, y', x'], background first. */
  async run(image: Float32Array): Promise<Float32Array> {
    const probabilities = this.#tf.tidy(
      () => this.#runner.run(new Map([['image', this.#tf.tensor(image, this.#shape)]])).get('probabilities')!,
    );
    const values = (await probabilities.data()) as Float32Array;
    probabilities.dispose();
    return values;
  }

  async dispose(): Promise<void> {
    this.#runner.dispose();
  }
}
