/** VGG16 (Simonyan and Zisserman 2015, configuration D) made convolutional. */

import { maxPool2d } from '../../graph/ops/maxPool2d.ts';
import type { Value } from '../../graph/value.ts';
import type { FcnSpec } from '../../modelDescription.ts';
import type { NetworkScope } from '../networkScope.ts';
import { type BackboneFeatures, dropIn, rectifiedConvolution, scaledFilters } from './backboneLayers.ts';

/** image: [batch, inputChannels, h, w] → features after pool3 (stride 8), pool4 (16) and fc7 (32). */
export function emitVgg16(scope: NetworkScope, spec: FcnSpec, image: Value): BackboneFeatures {
  const convolve = (name: string, x: Value, filters: number, sidePx: number): Value =>
    rectifiedConvolution(scope, name, x, { filters: scaledFilters(spec, filters), sidePx });
  /** Some 3×3 convolutions and the pooling after them. */
  const block = (number: number, x: Value, filters: number, count: number): Value => {
    let y = x;
    for (let i = 1; i <= count; i += 1) y = convolve(`conv${number}_${i}`, y, filters, 3);
    return maxPool2d(scope.graph, y);
  };
  const stride8 = block(3, block(2, block(1, image, 64, 2), 128, 2), 256, 3);
  const stride16 = block(4, stride8, 512, 3);
  const x = dropIn(scope, spec, convolve('fc6', block(5, stride16, 512, 3), 4096, 7), 1);
  return { stride8, stride16, stride32: dropIn(scope, spec, convolve('fc7', x, 4096, 1), 2) };
}
