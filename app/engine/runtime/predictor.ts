/** A network with its weights, loaded for inference on tiles of any fitting shape. */

import { LimnError } from '../../errors.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import { Graph } from '../graph/graph.ts';
import { UNKNOWN } from '../graph/value.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { emitProbabilities } from '../networks/emitProbabilities.ts';
import { inputSideFor, marginPx, poolingMultiple, validBorderPx } from '../networks/networkKinds.ts';
import { encodeModel } from '../onnx/encodeModel.ts';
import type { DeviceName } from './deviceName.ts';
import { createSession, type InferenceSession, Tensor } from './ort.ts';
import { runSession } from './runSession.ts';

export interface PredictorOptions {
  readonly device: DeviceName;
  readonly threads: number;
  /** Average over the four mirror images; default no. */
  readonly mirrorAveraging?: boolean;
  /** Added to the logits, `[classes]`, background first; default zeros. */
  readonly classOffsets?: readonly number[] | undefined;
  /**
   * What the output is of the input: `margin` (default) cuts {@link Predictor.margin}, for seamless tiles; `network` gives
   * all that the network itself gives, as in training (for validation).
   */
  readonly output?: 'margin' | 'network';
}

/** Tiles whose outputs start at multiples of {@link multiple} predict what the whole image would (instance normalisation apart). */
export class Predictor {
  /** (input − output) / 2, px. */
  readonly margin: number;
  /** 2^depth: outputs of tiles start at and are as long as multiples of this. */
  readonly multiple: number;
  readonly #spec: NetworkSpec;
  readonly #session: InferenceSession;

  private constructor(spec: NetworkSpec, session: InferenceSession, margin: number) {
    this.#spec = spec;
    this.#session = session;
    this.margin = margin;
    this.multiple = poolingMultiple(spec);
  }

  /** @throws InvalidInput where the weights do not fit; DeviceUnavailable */
  static async create(
    spec: NetworkSpec,
    weights: ReadonlyMap<string, Float32Array>,
    options: PredictorOptions,
  ): Promise<Predictor> {
    const graph = new Graph();
    const margin = options.output === 'network' ? validBorderPx(spec) : marginPx(spec);
    const input = graph.input('image', 'float32', [UNKNOWN, spec.inputChannels, UNKNOWN, UNKNOWN]);
    const { mirrorAveraging = false, classOffsets } = options;
    graph.output(
      'probabilities',
      emitProbabilities(graph, spec, input, { weights, mirrorAveraging, borderPx: margin, classOffsets }),
    );
    return new Predictor(spec, await createSession(encodeModel(graph), options), margin);
  }

  /** The smallest input that gives at least the output. */
  inputShapeFor(output: ShapeYX): ShapeYX {
    const side = (length: number): number => inputSideFor(this.#spec, length + 2 * this.margin);
    return { y: side(output.y), x: side(output.x) };
  }

  /** Shape of the output of an input. */
  outputShapeOf(input: ShapeYX): ShapeYX {
    return { y: input.y - 2 * this.margin, x: input.x - 2 * this.margin };
  }

  /**
   * @param image [batch, C, H, W], normalised
   * @param shape H and W; they must be an {@link inputShapeFor}. Default: square
   * @returns probabilities [batch, K, h, w], background first
   */
  async run(
    image: Float32Array,
    shape: ShapeYX = squareOf(image.length / this.#spec.inputChannels),
  ): Promise<Float32Array> {
    const batch = image.length / (this.#spec.inputChannels * shape.y * shape.x);
    const fits = [shape.y, shape.x].every(
      (side) => inputSideFor(this.#spec, side) === side && side > 2 * this.margin,
    );
    if (!Number.isInteger(batch) || batch < 1 || !fits) {
      throw new LimnError(
        'InvalidInput',
        `A tile of ${shape.y} × ${shape.x} px does not fit the network; choose another tile size.`,
        {
          fields: { height: shape.y, width: shape.x },
        },
      );
    }
    const tensor = new Tensor('float32', image, [batch, this.#spec.inputChannels, shape.y, shape.x]);
    const { probabilities } = await runSession(this.#session, { image: tensor });
    return (probabilities as Tensor).data as Float32Array;
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function squareOf(pixels: number): ShapeYX {
  const side = Math.round(Math.sqrt(pixels));
  return { y: side, x: side };
}
