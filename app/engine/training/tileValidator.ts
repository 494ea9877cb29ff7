/** Scores weights on fixed tiles of the validation planes: never augmented, the same tiles every time. */

import { connectedComponents } from '../../science/connectedComponents.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import {
  countConfusion,
  type InstanceMatches,
  instanceScores,
  matchInstances,
  pixelScores,
} from '../../science/metrics.ts';
import { extractTile } from '../../science/tiling.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';
import type { SamplePicture } from './runSample.ts';
import type { Previewer, ValidationScore, Validator } from './trainerParts.ts';

/** A network with weights, ready to predict tiles of one shape. */
export interface TilePredictor {
  /** `[1, C, y, x]` in, `[1, K + 1, y', x']` probabilities out. */
  run(image: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface TileValidatorOptions {
  planes: readonly TrainingPlane[];
  inputShape: ShapeYX;
  outputShape: ShapeYX;
  /** Background included. */
  classes: number;
  /** Most tiles looked at; chosen at even distances among those with a labelled pixel. */
  tiles: number;
  predictorOf: (weights: Map<string, Float32Array>) => Promise<TilePredictor>;
}

interface FixedTile {
  image: Float32Array;
  target: Uint8Array;
  weight: Float32Array;
}

/** Probabilities below this count as this, so that one wrong pixel cannot make the loss infinite. */
const SMALLEST_PROBABILITY = 1e-7;

export class TileValidator implements Validator, Previewer {
  readonly #tiles: FixedTile[];
  /** The tile that is pictured. */
  readonly #pictured: FixedTile | undefined;
  readonly #options: TileValidatorOptions;

  constructor(options: TileValidatorOptions) {
    this.#options = options;
    const places = labelledPlaces(options.planes, options.outputShape);
    const count = Math.min(options.tiles, places.length);
    this.#tiles = Array.from({ length: count }, (_, i) => {
      const place = places[Math.floor((i * places.length) / count)]!;
      return cutTile(place.plane, place.y, place.x, options.inputShape, options.outputShape);
    });
    const objectPixels = this.#tiles.map(({ target }) =>
      target.reduce((sum, value) => sum + Number(value > 1), 0),
    );
    this.#pictured = this.#tiles[objectPixels.indexOf(Math.max(...objectPixels))];
  }

  /** Number of tiles with a labelled pixel that are looked at. */
  get tileCount(): number {
    return this.#tiles.length;
  }

  /**
   * Loss Σ w (−log p) / Σ w; by largest probability the mean IoU over the classes that reference or prediction hold, and
   * the F1 at IoU 0.5 of objects, 4-connected regions of one class (touching objects stand apart in the target).
   */
  async score(weights: Map<string, Float32Array>): Promise<ValidationScore> {
    const { classes, outputShape } = this.#options;
    const predictor = await this.#options.predictorOf(weights);
    try {
      let lossSum = 0;
      let weightSum = 0;
      const confusion = new Float64Array(classes * classes);
      const matches: InstanceMatches[] = [];
      let picture: SamplePicture | null = null;
      for (const tile of this.#tiles) {
        const { image, target, weight } = tile;
        const probabilities = await predictor.run(image);
        const pixels = target.length;
        for (let i = 0; i < pixels; i++) {
          const reference = target[i]! - 1;
          if (reference < 0) continue;
          const probability = Math.max(SMALLEST_PROBABILITY, probabilities[reference * pixels + i]!);
          lossSum -= weight[i]! * Math.log(probability);
          weightSum += weight[i]!;
        }
        if (tile === this.#pictured) picture = this.#pictureOf(tile, probabilities);
        const predicted = likeliestClasses(probabilities, classes, pixels);
        for (const [i, count] of countConfusion(target, predicted, classes).entries()) confusion[i]! += count;
        const found = connectedComponents(predicted, outputShape, 4).labels;
        matches.push(matchInstances(objectsOf(target, outputShape), found));
      }
      if (picture === null) throw new RangeError('TileValidator.score: there is no tile to score');
      const { iouOfClass, meanIou } = pixelScores(confusion, classes);
      const isEmpty = matches.every(({ reference, predicted }) => reference + predicted === 0);
      return {
        loss: weightSum > 0 ? lossSum / weightSum : Number.NaN,
        iou: iouOfClass.some((iou) => iou !== null) ? meanIou : null,
        f1: isEmpty ? null : instanceScores(matches, [0.5]).meanF1,
        picture,
      };
    } finally {
      await predictor.dispose();
    }
  }

  /** Predicts the one tile with most object pixels. */
  async picture(weights: Map<string, Float32Array>): Promise<SamplePicture> {
    const tile = this.#pictured;
    if (!tile) throw new RangeError('TileValidator.picture: there is no tile to show');
    const predictor = await this.#options.predictorOf(weights);
    try {
      return this.#pictureOf(tile, await predictor.run(tile.image));
    } finally {
      await predictor.dispose();
    }
  }

  #pictureOf({ image, target, weight }: FixedTile, probabilities: Float32Array): SamplePicture {
    const { inputShape, outputShape, classes } = this.#options;
    const pixels = target.length;
    const channels = image.length / (inputShape.y * inputShape.x);
    const border = { y: (inputShape.y - outputShape.y) >> 1, x: (inputShape.x - outputShape.x) >> 1 };
    const seen = new Float32Array(channels * pixels);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < outputShape.y; y++) {
        const from = (c * inputShape.y + y + border.y) * inputShape.x + border.x;
        seen.set(image.subarray(from, from + outputShape.x), (c * outputShape.y + y) * outputShape.x);
      }
    }
    return {
      shape: outputShape,
      channels,
      classes: classes - 1,
      image: seen,
      label: target,
      weight,
      probability: probabilities.slice(pixels, classes * pixels),
    };
  }
}

/** `[y, x]`, 0 background, k class k, of probabilities `[K + 1, y, x]`. */
function likeliestClasses(probabilities: Float32Array, classes: number, pixels: number): Uint8Array {
  const likeliest = new Uint8Array(pixels);
  for (let k = 1; k < classes; k++) {
    for (let i = 0; i < pixels; i++) {
      if (probabilities[k * pixels + i]! > probabilities[likeliest[i]! * pixels + i]!) likeliest[i] = k;
    }
  }
  return likeliest;
}

/** Objects of a target: 0 unlabelled, 1 background, 2… regions of one class. */
function objectsOf(target: Uint8Array, shape: ShapeYX): Uint32Array {
  const foreground = target.map((value) => (value > 1 ? value : 0));
  return connectedComponents(foreground, shape, 4).labels.map((label, i) =>
    label > 0 ? label + 1 : target[i]!,
  );
}

/** Output tiles on a grid that hold a labelled pixel. */
function labelledPlaces(
  planes: readonly TrainingPlane[],
  output: ShapeYX,
): { plane: TrainingPlane; y: number; x: number }[] {
  const places: { plane: TrainingPlane; y: number; x: number }[] = [];
  for (const plane of planes) {
    for (let y = 0; y < plane.shape.y; y += output.y) {
      for (let x = 0; x < plane.shape.x; x += output.x) {
        if (hasLabel(plane, y, x, output)) places.push({ plane, y, x });
      }
    }
  }
  return places;
}

function hasLabel({ target, shape }: TrainingPlane, y0: number, x0: number, output: ShapeYX): boolean {
  for (let y = y0; y < Math.min(y0 + output.y, shape.y); y++) {
    for (let x = x0; x < Math.min(x0 + output.x, shape.x); x++)
      if (target[y * shape.x + x] !== 0) return true;
  }
  return false;
}

/** A tile with mirrored context; what lies beyond the plane is unlabelled, so nothing is scored twice. */
function cutTile(plane: TrainingPlane, y0: number, x0: number, input: ShapeYX, output: ShapeYX): FixedTile {
  const image = new Float32Array(plane.channels.length * input.y * input.x);
  const start = { y: y0 - ((input.y - output.y) >> 1), x: x0 - ((input.x - output.x) >> 1) };
  for (const [c, channel] of plane.channels.entries()) {
    const normalisation = { scale: plane.scale[c] ?? 1, offset: plane.offset[c] ?? 0 };
    extractTile(channel, plane.shape, start, input, normalisation, image, c * input.y * input.x);
  }
  const target = new Uint8Array(output.y * output.x);
  const weight = new Float32Array(output.y * output.x);
  const width = Math.min(output.x, plane.shape.x - x0);
  for (let y = 0; y < Math.min(output.y, plane.shape.y - y0); y++) {
    const from = (y0 + y) * plane.shape.x + x0;
    target.set(plane.target.subarray(from, from + width), y * output.x);
    weight.set(plane.weight.subarray(from, from + width), y * output.x);
  }
  return { image, target, weight };
}
