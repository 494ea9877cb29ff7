/** Predicts a plane of any size tile by tile, such that the result is that of the whole plane at once. */

import { throwIfCancelled } from '../../errors.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import { normalisationOf } from '../../science/normalise.ts';
import { rescalePlane, shapeOnGrid } from '../../science/rescale.ts';
import { extractTile, placeTile, planTiles } from '../../science/tiling.ts';
import type { ModelDescription, NetworkSpec } from '../modelDescription.ts';
import { marginPx } from '../networks/networkKinds.ts';
import type { RawPlane } from '../process/protocol.ts';

/** A network with its weights; a `Predictor` is one. */
export interface TileNetwork {
  /** (input − output) / 2, px. */
  readonly margin: number;
  /** Outputs of tiles start at multiples of this, px. */
  readonly multiple: number;
  /** The smallest input that gives at least the output. */
  inputShapeFor(output: ShapeYX): ShapeYX;
  outputShapeOf(input: ShapeYX): ShapeYX;
  /** `[1, C, y, x]` of `shape` in; probabilities `[1, K + 1, y', x']` out, background first. */
  run(image: Float32Array, shape: ShapeYX): Promise<Float32Array>;
}

export interface PredictPlaneOptions {
  /** Largest side of an output tile, px; default: by the memory that is free. */
  tileSidePx?: number;
  signal?: AbortSignal;
}

/** Smallest and largest output tile that memory decides on, px. */
const SMALLEST_TILE = 128;
const LARGEST_TILE = 1024;
/** Share of the free memory that activations may take, and the most of it in any case, bytes. */
const MEMORY_SHARE = 0.25;
const MOST_MEMORY = 2 ** 30;
/** Full-resolution activations alive at once while a U-Net predicts, in units of its first level. */
const LIVE_ACTIVATIONS = 8;

/** Side of an output tile whose activations fit into the memory, px. */
export function tileSideFor(network: NetworkSpec, freeBytes: number): number {
  const budget = Math.min(MOST_MEMORY, MEMORY_SHARE * freeBytes);
  const bytesPerPixel = 4 * network.baseFilters * LIVE_ACTIVATIONS;
  const inputSide = Math.sqrt(budget / bytesPerPixel);
  return Math.min(LARGEST_TILE, Math.max(SMALLEST_TILE, Math.floor(inputSide - 2 * marginPx(network))));
}

/**
 * Probabilities of the classes without background, `[K, y, x]`, on the plane's own grid. A plane of another pixel size than
 * the model's is predicted on the model's grid.
 */
export async function predictPlane(
  predictor: TileNetwork,
  description: ModelDescription,
  plane: RawPlane,
  options: PredictPlaneOptions = {},
): Promise<Float32Array> {
  const { shape } = plane;
  const grid = shapeOnGrid(shape, plane.pixelSizeUm, description.pixelSizeUm);
  if (grid.y === shape.y && grid.x === shape.x) return predictOnGrid(predictor, description, plane, options);
  const channels = plane.channels.map((pixels) => rescalePlane(pixels, shape, grid));
  const rescaled = { ...plane, channels, shape: grid };
  const foreground = await predictOnGrid(predictor, description, rescaled, options);
  const pixels = shape.y * shape.x;
  const classes = description.network.classes - 1;
  const own = new Float32Array(classes * pixels);
  for (let k = 0; k < classes; k++) {
    throwIfCancelled(options.signal);
    const ofClass = foreground.subarray(k * grid.y * grid.x, (k + 1) * grid.y * grid.x);
    own.set(rescalePlane(ofClass, grid, shape), k * pixels);
  }
  return own;
}

/**
 * Tiles start at multiples of the pooling factor and overlap by the receptive field, context beyond the plane is
 * mirrored: the overlap-tile strategy of Ronneberger et al. 2015, figure 2.
 */
async function predictOnGrid(
  predictor: TileNetwork,
  description: ModelDescription,
  plane: RawPlane,
  options: PredictPlaneOptions,
): Promise<Float32Array> {
  const { shape, channels } = plane;
  const { classes } = description.network;
  const normalisations = channels.map(
    (pixels, c) => plane.normalisation?.[c] ?? normalisationOf(pixels, description.inputNormalisation),
  );
  const side = options.tileSidePx ?? tileSideFor(description.network, process.availableMemory());
  const { margin, multiple } = predictor;
  const plan = planTiles({ shape, outputTile: { y: side, x: side }, margin, multiple });
  // A valid network takes only some sizes: the next one up, of whose output the top left part is used.
  const input = predictor.inputShapeFor(plan.outputShape);
  const output = predictor.outputShapeOf(input);
  const image = new Float32Array(channels.length * input.y * input.x);
  const used = new Float32Array((classes - 1) * plan.outputShape.y * plan.outputShape.x);
  const foreground = new Float32Array((classes - 1) * shape.y * shape.x);
  for (const tile of plan.tiles) {
    throwIfCancelled(options.signal);
    for (const [c, channel] of channels.entries()) {
      extractTile(channel, shape, tile.inputStart, input, normalisations[c]!, image, c * input.y * input.x);
    }
    const probabilities = await predictor.run(image, input);
    cutForeground(probabilities, output, used, plan.outputShape);
    placeTile(used, plan.outputShape, classes - 1, tile, foreground, shape);
  }
  return foreground;
}

/** Copies the top left part of the classes without background, `[K, part]` out of `[K + 1, whole]`. */
function cutForeground(
  whole: Float32Array,
  wholeShape: ShapeYX,
  part: Float32Array,
  partShape: ShapeYX,
): void {
  const classes = part.length / (partShape.y * partShape.x);
  for (let k = 0; k < classes; k++) {
    for (let y = 0; y < partShape.y; y++) {
      const from = ((k + 1) * wholeShape.y + y) * wholeShape.x;
      part.set(whole.subarray(from, from + partShape.x), (k * partShape.y + y) * partShape.x);
    }
  }
}
