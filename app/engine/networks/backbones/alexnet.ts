/** AlexNet (Krizhevsky, Sutskever, Hinton 2012) made convolutional: groups and local response normalisation as published. */

import { localResponseNormalise } from '../../graph/ops/localResponseNormalise.ts';
import type { Value } from '../../graph/value.ts';
import type { FcnSpec } from '../../modelDescription.ts';
import type { NetworkScope } from '../networkScope.ts';
import {
  type BackboneFeatures,
  dropIn,
  maxPool3,
  rectifiedConvolution,
  scaledFilters,
} from './backboneLayers.ts';

/** image: [batch, inputChannels, h, w] → features after pool1 (stride 8), pool2 (16) and fc7 (32). */
export function emitAlexnet(scope: NetworkScope, spec: FcnSpec, image: Value): BackboneFeatures {
  const convolve = (name: string, x: Value, filters: number, sidePx: number, stride = 1, groups = 1): Value =>
    rectifiedConvolution(scope, name, x, { filters: scaledFilters(spec, filters), sidePx, stride, groups });
  const normalise = (x: Value): Value => localResponseNormalise(scope.graph, x);
  const stride8 = maxPool3(scope, normalise(convolve('conv1', image, 96, 11, 4)), 2);
  const stride16 = maxPool3(scope, normalise(convolve('conv2', stride8, 256, 5, 1, 2)), 2);
  let x = convolve('conv3', stride16, 384, 3);
  x = convolve('conv4', x, 384, 3, 1, 2);
  x = convolve('conv5', x, 256, 3, 1, 2);
  x = dropIn(scope, spec, convolve('fc6', maxPool3(scope, x, 2), 4096, 6), 1);
  return { stride8, stride16, stride32: dropIn(scope, spec, convolve('fc7', x, 4096, 1), 2) };
}
