/** Draws training samples from labelled planes: the step between labels on a plane and a batch for the network. */

import { LimnError } from '../errors.ts';
import { type AugmentationOptions, drawGreyChange, type GreyChange, TileTransform } from './augment.ts';
import type { ShapeYX } from './geometry.ts';
import type { PixelArray } from './pixelArray.ts';
import { createRandom, type Random } from './random.ts';
import { nearestPixels, sampleRow } from './resample.ts';

/** One plane to learn from; it goes on mirrored beyond its borders. */
export interface TrainingPlane {
  shape: ShapeYX;
  /** One `[y, x]` array a channel. */
  channels: PixelArray[];
  /** Network input = value · scale + offset, one a channel. */
  scale: number[];
  offset: number[];
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k. */
  target: Uint8Array;
  /** `[y, x]`, final: class weights and border term included, 0 where unlabelled. */
  weight: Float32Array;
}

/** How often pixels are drawn: all labelled ones alike, or objects with 1 and background with `backgroundDensity`. */
export interface SamplingDensity {
  density: 'labelled' | 'fiji';
  backgroundDensity: number;
}

/** Where samples can be drawn; a few bytes for each row of the planes. */
export interface SampleIndex extends SamplingDensity {
  /** Sum of the densities of all rows of all planes up to and with this one. */
  rowEnds: Float64Array;
  /** Number of the first row of each plane in `rowEnds`. */
  planeStarts: Uint32Array;
}

/** One draw: sample `slot` of step `step` of a run. */
export interface SampleRequest {
  seed: number;
  step: number;
  slot: number;
  inputShape: ShapeYX;
  /** At most `inputShape`; centred in it. */
  outputShape: ShapeYX;
  augmentation: AugmentationOptions;
}

/** Where a sample is written. */
export interface SampleArrays {
  /** `[C, h, w]` normalised grey values of the input area. */
  image: Float32Array;
  /** `[oh, ow]` of the output area: 0 unlabelled, 1 background, 1 + k class k. */
  target: Uint8Array;
  /** `[oh, ow]`, 0 where unlabelled. */
  weight: Float32Array;
}

/**
 * Indexes the labelled pixels of planes for {@link drawTrainingSample}.
 *
 * @throws NotEnoughLabels if no pixel of any plane can be drawn
 */
export function buildSampleIndex(planes: readonly TrainingPlane[], density: SamplingDensity): SampleIndex {
  const background = density.density === 'fiji' ? density.backgroundDensity : 1;
  const planeStarts = new Uint32Array(planes.length);
  let rows = 0;
  planes.forEach((plane, p) => {
    planeStarts[p] = rows;
    rows += plane.shape.y;
  });
  const rowEnds = new Float64Array(rows);
  let sum = 0;
  let row = 0;
  for (const { shape, target } of planes) {
    for (let i = 0; i < shape.y * shape.x; i += shape.x) {
      for (let x = 0; x < shape.x; x++) {
        const value = target[i + x]!;
        if (value > 0) sum += value === 1 ? background : 1;
      }
      rowEnds[row++] = sum;
    }
  }
  if (!(sum > 0)) {
    throw new LimnError(
      'NotEnoughLabels',
      'No labelled pixel to train on; paint some objects and some background.',
    );
  }
  return { ...density, rowEnds, planeStarts };
}

/** A labelled pixel, drawn in proportion to the index's density. */
function drawPixel(planes: readonly TrainingPlane[], index: SampleIndex, random: Random) {
  const { rowEnds, planeStarts } = index;
  const total = rowEnds[rowEnds.length - 1]!;
  const wanted = random.next() * total;
  // First row whose end lies beyond `wanted`.
  let low = 0;
  let high = rowEnds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowEnds[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  let planeNumber = planeStarts.length - 1;
  while (planeStarts[planeNumber]! > low) planeNumber--;
  const plane = planes[planeNumber]!;
  const y = low - planeStarts[planeNumber]!;
  const background = index.density === 'fiji' ? index.backgroundDensity : 1;
  let rest = wanted - (low > 0 ? rowEnds[low - 1]! : 0);
  let x = 0;
  // The last candidate stands where rounding leaves a rest.
  for (let column = 0; column < plane.shape.x; column++) {
    const value = plane.target[y * plane.shape.x + column]!;
    const weight = value === 0 ? 0 : value === 1 ? background : 1;
    if (weight === 0) continue;
    x = column;
    rest -= weight;
    if (rest < 0) break;
  }
  return { plane, y, x };
}

/** Keeps the middle of a tile far enough from the border that an unrotated output area stays in the plane, if it fits. */
function clampCentre(centre: number, side: number, length: number): number {
  if (length <= side) return (length - 1) / 2;
  const half = (side - 1) / 2;
  return Math.min(Math.max(centre, half), length - 1 - half);
}

/**
 * Places a transform so that a drawn pixel falls on a drawn place of the output area (`labelled`; the output area kept
 * in the plane where it can be) or on its middle (`fiji`). The pixel is hit exactly, so an output without a labelled
 * pixel never occurs.
 */
function placeTransform(
  transform: TileTransform,
  random: Random,
  pixel: { plane: TrainingPlane; y: number; x: number },
  request: SampleRequest,
  density: SampleIndex['density'],
): void {
  const { inputShape, outputShape } = request;
  const marginY = (inputShape.y - outputShape.y) >> 1;
  const marginX = (inputShape.x - outputShape.x) >> 1;
  let y = random.integer(outputShape.y);
  let x = random.integer(outputShape.x);
  if (density === 'fiji') {
    transform.anchor(marginY + (outputShape.y >> 1), marginX + (outputShape.x >> 1), pixel.y, pixel.x);
    return;
  }
  transform.anchor(marginY + y, marginX + x, pixel.y, pixel.x);
  const centre = transform.centre();
  const { shape } = pixel.plane;
  const moved = transform.toTile(
    clampCentre(centre.y, outputShape.y, shape.y) - centre.y,
    clampCentre(centre.x, outputShape.x, shape.x) - centre.x,
  );
  const clampedY = Math.round(y - moved.y);
  const clampedX = Math.round(x - moved.x);
  if (clampedY >= 0 && clampedY < outputShape.y && clampedX >= 0 && clampedX < outputShape.x) {
    y = clampedY;
    x = clampedX;
    transform.anchor(marginY + y, marginX + x, pixel.y, pixel.x);
  }
}

/**
 * Draws one training sample. It is fully determined by planes, index and request; its output area holds at least one
 * labelled pixel. Grey values are read bicubically, labels and weights at the nearest pixel.
 *
 * @param planes those the index was built from
 * @param out receives the sample; every element is written
 */
export function drawTrainingSample(
  planes: readonly TrainingPlane[],
  index: SampleIndex,
  request: SampleRequest,
  out: SampleArrays,
): void {
  const { inputShape, outputShape, augmentation } = request;
  const random = createRandom(request.seed, request.step, request.slot);
  const pixel = drawPixel(planes, index, random);
  const transform = new TileTransform(random, augmentation, inputShape);
  placeTransform(transform, random, pixel, request, index.density);
  const { plane } = pixel;
  const { shape } = plane;
  const changes = plane.channels.map(() => drawGreyChange(random, augmentation));
  const positionsY = new Float64Array(inputShape.x);
  const positionsX = new Float64Array(inputShape.x);
  const nearest = new Int32Array(outputShape.x);
  const marginY = (inputShape.y - outputShape.y) >> 1;
  const marginX = (inputShape.x - outputShape.x) >> 1;
  const area = inputShape.y * inputShape.x;
  for (let y = 0; y < inputShape.y; y++) {
    transform.positionsOfRow(y, positionsY, positionsX);
    for (let c = 0; c < plane.channels.length; c++) {
      const to = c * area + y * inputShape.x;
      const scale = plane.scale[c] ?? 1;
      const offset = plane.offset[c] ?? 0;
      sampleRow(
        plane.channels[c]!,
        shape,
        positionsY,
        positionsX,
        inputShape.x,
        scale,
        offset,
        out.image,
        to,
      );
    }
    const outputY = y - marginY;
    if (outputY < 0 || outputY >= outputShape.y) continue;
    nearestPixels(shape, positionsY, positionsX, marginX, outputShape.x, nearest);
    const row = outputY * outputShape.x;
    for (let x = 0; x < outputShape.x; x++) {
      out.target[row + x] = plane.target[nearest[x]!]!;
      out.weight[row + x] = plane.weight[nearest[x]!]!;
    }
  }
  changes.forEach((change, c) => {
    applyGreyChange(out.image, c * area, (c + 1) * area, change, random);
  });
}

/** Applies a grey-value change to `values[from…to-1]` in place. */
function applyGreyChange(
  values: Float32Array,
  from: number,
  to: number,
  change: GreyChange,
  random: Random,
): void {
  const { gain, offset, gamma, noise } = change;
  if (gamma !== 1) {
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      values[i] = value < 0 ? -((-value) ** gamma) : value ** gamma;
    }
  }
  if (gain !== 1 || offset !== 0) for (let i = from; i < to; i++) values[i] = values[i]! * gain + offset;
  if (noise > 0) for (let i = from; i < to; i++) values[i] = values[i]! + noise * random.normal();
}
