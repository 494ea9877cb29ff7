/** The sliding-window patch classifier (Cireşan, Giusti, Gambardella, Schmidhuber 2012, network N4), and its evaluation by shift-and-stitch. */

import { LimnError } from '../../errors.ts';
import { dropout } from '../graph/ops/dropout.ts';
import { maxPool2d } from '../graph/ops/maxPool2d.ts';
import { relu } from '../graph/ops/relu.ts';
import { batchToSpace, spaceToBatch } from '../graph/ops/spaceToBatch.ts';
import { windowedMaxPool2d } from '../graph/ops/windowedMaxPool2d.ts';
import type { Value } from '../graph/value.ts';
import type { PatchClassifierSpec } from '../modelDescription.ts';
import { convolution } from './layers.ts';
import type { NetworkScope } from './networkScope.ts';

/** Side of the window that one pixel is classified by, and how far it reaches on each side of that pixel, px. */
const WINDOW = 95;
const REACH = (WINDOW - 1) / 2;
/** Kernel sides of the four convolutions, each before a 2×2 pooling; then two fully connected layers. */
const KERNELS = [4, 5, 4, 4];
const HIDDEN_KERNEL = 3;
/** Windows of a strided evaluation would start this far apart, px. */
const STRIDE = 2 ** KERNELS.length;
/** Filters of the published convolutions and units of its hidden layer. */
const PUBLISHED_FILTERS = 48;
const PUBLISHED_HIDDEN = 200;

/**
 * `sliding-window`: image [batch, inputChannels, 95, 95] → logits [batch, classes, 1, 1], the class of the middle pixel.
 * `shift-and-stitch`: image [batch, inputChannels, 16a + 94, 16b + 94] → logits [batch, classes, 16a, 16b], the class of
 * every pixel that a window fits around. Each pooling is done at its four shifts; the fragments go on as images of their
 * own and are stitched at the end, so that what windows share is computed once (Giusti et al. 2013; it gives what the
 * original, the network on 256 shifts of the input, gives).
 *
 * Our reading of what the publication leaves open: ReLU throughout, dropout (where asked for) on the hidden layer.
 */
export function emitPatchClassifier(scope: NetworkScope, spec: PatchClassifierSpec, image: Value): Value {
  const { graph } = scope;
  const pool = (x: Value): Value =>
    spec.evaluation === 'sliding-window'
      ? maxPool2d(graph, x)
      : spaceToBatch(graph, windowedMaxPool2d(graph, x, { sidePx: 2, stride: 1, paddingPx: 0 }));
  let x = image;
  for (const [index, sidePx] of KERNELS.entries()) {
    const options = { filters: spec.baseFilters, sidePx, paddingPx: 0, bias: true };
    x = pool(relu(graph, convolution(scope, `convolution${index + 1}`, x, options)));
  }
  const hidden = Math.max(2, Math.round((PUBLISHED_HIDDEN * spec.baseFilters) / PUBLISHED_FILTERS));
  const options = { filters: hidden, sidePx: HIDDEN_KERNEL, paddingPx: 0, bias: true };
  x = relu(graph, convolution(scope, 'hidden', x, options));
  if (scope.training && spec.dropout > 0) x = dropout(graph, x, scope.dropoutSeed(), spec.dropout, 1);
  x = convolution(scope, 'score', x, { filters: spec.classes, sidePx: 1, paddingPx: 0, bias: true });
  if (spec.evaluation === 'sliding-window') return x;
  return KERNELS.reduce((fragments) => batchToSpace(graph, fragments), x);
}

/** Tile offsets move in these steps, px. */
export function poolingMultiple({ evaluation }: PatchClassifierSpec): number {
  return evaluation === 'sliding-window' ? 1 : STRIDE;
}

/** (input − output) / 2, px. */
export function validBorderPx(_: PatchClassifierSpec): number {
  return REACH;
}

/** Context on each side of a predicted pixel, px. */
export function marginPx(_: PatchClassifierSpec): number {
  return REACH;
}

/** Smallest side that the network takes and that is at least `sidePx`. Throws InvalidInput where a window is too small for it. */
export function inputSideFor({ evaluation }: PatchClassifierSpec, sidePx: number): number {
  if (evaluation === 'shift-and-stitch')
    return 2 * REACH + STRIDE * Math.max(1, Math.ceil((sidePx - 2 * REACH) / STRIDE));
  if (sidePx <= WINDOW) return WINDOW;
  throw new LimnError(
    'InvalidInput',
    `A sliding window has ${WINDOW} px a side, not ${sidePx}; choose ${WINDOW} px.`,
    {
      fields: { sidePx, fittingPx: WINDOW },
    },
  );
}

/** Side of the output. Throws `InvalidInput` for an input side that does not fit, and names one that does. */
export function outputSideOf(spec: PatchClassifierSpec, inputSidePx: number): number {
  const fitting = inputSideFor(spec, inputSidePx);
  if (fitting !== inputSidePx) {
    throw new LimnError(
      'InvalidInput',
      `A tile side of ${inputSidePx} px does not fit a patch classifier; choose ${fitting} px.`,
      { fields: { sidePx: inputSidePx, fittingPx: fitting } },
    );
  }
  return inputSidePx - 2 * REACH;
}

/** How tiles of a size are trained on: single windows where they hold no more, else every pixel of a larger tile. */
export function evaluationFor(tileSize: number): PatchClassifierSpec['evaluation'] {
  return tileSize <= WINDOW ? 'sliding-window' : 'shift-and-stitch';
}
