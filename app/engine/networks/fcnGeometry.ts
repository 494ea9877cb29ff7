/** Sizes of fully convolutional networks: which inputs fit, where the scores of each stride lie, how the output lies on the input's grid. */

import { LimnError } from '../../errors.ts';
import type { Backbone, FcnSpec } from '../modelDescription.ts';

type Geometry = Pick<FcnSpec, 'backbone' | 'finestStride'>;

/** Windows of a backbone up to a stride, in order, as [side, step] px at the window's input. */
type Windows = readonly (readonly [number, number])[];

const convolutions = (count: number, side: number): Windows =>
  Array.from({ length: count }, () => [side, 1] as const);

/** An inception module reaches as far as its 5×5 branch. */
const inceptions = (count: number): Windows => convolutions(count, 5);

/**
 * Windows before the stride-8 features, between those and the stride-16 ones, and from there to the last layer before the
 * scores. Nothing is padded, so a score depends on nothing beyond its windows.
 */
const WINDOWS: Readonly<Record<Backbone, readonly [Windows, Windows, Windows]>> = {
  alexnet: [
    [
      [11, 4],
      [3, 2],
    ],
    [
      [5, 1],
      [3, 2],
    ],
    [...convolutions(3, 3), [3, 2], [6, 1]],
  ],
  vgg16: [
    [...convolutions(2, 3), [2, 2], ...convolutions(2, 3), [2, 2], ...convolutions(3, 3), [2, 2]],
    [...convolutions(3, 3), [2, 2]],
    [...convolutions(3, 3), [2, 2], [7, 1]],
  ],
  googlenet: [
    [[7, 2], [3, 2], [3, 1], [3, 2], ...inceptions(2)],
    [[3, 2], ...inceptions(5)],
    [[3, 2], ...inceptions(2)],
  ],
};

/** Coarsest stride of all three backbones, px. */
const STRIDE = 32;

/**
 * Side of the bilinear kernel that upsamples by `factor`. VGG16's 2×2 poolings put its scores between pixels, which an even
 * kernel makes up for; the odd poolings of the others put them on pixels.
 */
export function upsamplingSide(backbone: Backbone, factor: number): number {
  return backbone === 'vgg16' ? 2 * factor : 2 * factor - 1;
}

/** Pixels cut from each side after upsampling: those that do not lie between scores. */
export function upsamplingBorder(backbone: Backbone, factor: number): number {
  return upsamplingSide(backbone, factor) - factor;
}

/** Sides of the planes of an FCN. */
export interface FcnSides {
  readonly input: number;
  /** Features at strides 8 and 16, and the coarsest scores. */
  readonly stride8: number;
  readonly stride16: number;
  readonly stride32: number;
  readonly output: number;
  /** Pixels cut from each side of the features at strides 16 and 8, to fit the upsampled coarser scores. */
  readonly border16: number;
  readonly border8: number;
}

function before(side: number, windows: Windows): number {
  return windows.reduceRight((after, [window, step]) => (after - 1) * step + window, side);
}

/** Side of a score map after upsampling by `factor` and cutting. */
function upsampled(backbone: Backbone, side: number, factor: number): number {
  const kernel = upsamplingSide(backbone, factor);
  return factor * (side - 1) + kernel - 2 * upsamplingBorder(backbone, factor);
}

/** All sides of the network whose coarsest scores have the given side; every window fits the plane to the pixel. */
export function sidesOf({ backbone, finestStride }: Geometry, coarsest: number): FcnSides {
  const [to8, to16, to32] = WINDOWS[backbone];
  const stride16 = before(coarsest, to32);
  const stride8 = before(stride16, to16);
  const scores16 = upsampled(backbone, coarsest, 2);
  const scores8 = upsampled(backbone, scores16, 2);
  const finest = { 32: coarsest, 16: scores16, 8: scores8 }[finestStride];
  return {
    input: before(stride8, to8),
    stride8,
    stride16,
    stride32: coarsest,
    output: upsampled(backbone, finest, finestStride),
    border16: (stride16 - scores16) / 2,
    border8: (stride8 - scores8) / 2,
  };
}

/** The sides of the smallest network that gives at least one pixel. */
function smallest(spec: Geometry): FcnSides {
  const least = sidesOf(spec, 1);
  return least.output > 0 ? least : sidesOf(spec, 2);
}

/** Input and tile offsets move in these steps, px. */
export function poolingMultiple(_: Geometry): number {
  return STRIDE;
}

/** (input − output) / 2, px. */
export function validBorderPx(spec: Geometry): number {
  const { input, output } = smallest(spec);
  return (input - output) / 2;
}

/** Context on each side of a predicted pixel, px: all that it depends on, since nothing is padded. */
export function marginPx(spec: Geometry): number {
  return validBorderPx(spec);
}

/** Smallest side that the network takes and that is at least `sidePx`. */
export function inputSideFor(spec: Geometry, sidePx: number): number {
  const { input } = smallest(spec);
  return input + Math.max(0, Math.ceil((sidePx - input) / STRIDE)) * STRIDE;
}

/** Side of the output. Throws `InvalidInput` for an input side that does not fit, and names one that does. */
export function outputSideOf(spec: Geometry, inputSidePx: number): number {
  const fitting = inputSideFor(spec, inputSidePx);
  if (fitting !== inputSidePx) {
    throw new LimnError(
      'InvalidInput',
      `A tile side of ${inputSidePx} px does not fit an FCN-${spec.finestStride}s on ${spec.backbone}; choose ${fitting} px.`,
      { fields: { sidePx: inputSidePx, fittingPx: fitting } },
    );
  }
  return inputSidePx - 2 * validBorderPx(spec);
}
