/** U-Net (Ronneberger, Fischer, Brox 2015), valid or padded, of any depth and width. */

import { concat } from '../graph/ops/concat.ts';
import { crop } from '../graph/ops/crop.ts';
import { dropout } from '../graph/ops/dropout.ts';
import { maxPool2d } from '../graph/ops/maxPool2d.ts';
import type { Value } from '../graph/value.ts';
import type { UnetSpec } from '../modelDescription.ts';
import { convolution, convolutionBlock, upConvolution } from './layers.ts';
import type { NetworkScope } from './networkScope.ts';
import { skipBorderPx } from './unetGeometry.ts';

/**
 * image: [batch, inputChannels, height, width] → logits: [batch, classes, height − 2m, width − 2m], m = 0 for `same`.
 *
 * Dropout stands after the second convolution of the last contracting level and of the bottom, as in SCIENCE.md.
 */
export function emitUnet(scope: NetworkScope, spec: UnetSpec, image: Value): Value {
  const { depth, normalisation } = spec;
  const paddingPx = spec.padding === 'same' ? 1 : 0;
  const drops = scope.training && spec.dropout > 0;
  let dropouts = 0;
  const drop = (x: Value): Value => {
    if (!drops) return x;
    dropouts += 1;
    return dropout(scope.graph, x, scope.dropoutSeed(), spec.dropout, dropouts);
  };
  const twice = (name: string, x: Value, filters: number): Value => {
    const options = { filters, paddingPx, normalisation };
    return convolutionBlock(
      scope,
      `${name}.convolution2`,
      convolutionBlock(scope, `${name}.convolution1`, x, options),
      options,
    );
  };

  let x = image;
  const skips: Value[] = [];
  for (let level = 0; level < depth; level += 1) {
    x = twice(`down${level}`, x, spec.baseFilters * 2 ** level);
    if (level === depth - 1) x = drop(x);
    skips.push(x);
    x = maxPool2d(scope.graph, x);
  }
  x = drop(twice('bottom', x, spec.baseFilters * 2 ** depth));
  for (let level = depth - 1; level >= 0; level -= 1) {
    const filters = spec.baseFilters * 2 ** level;
    const skip = crop(scope.graph, skips[level]!, skipBorderPx(spec, level));
    x = concat(scope.graph, [skip, upConvolution(scope, `up${level}.upConvolution`, x, filters)]);
    x = twice(`up${level}`, x, filters);
  }
  return convolution(scope, 'score', x, { filters: spec.classes, sidePx: 1, paddingPx: 0, bias: true });
}
