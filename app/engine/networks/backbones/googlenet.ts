/** GoogLeNet (Szegedy et al. 2015) made convolutional: without auxiliary classifiers and final average pooling, as FCN uses it. */

import { concat } from '../../graph/ops/concat.ts';
import { crop } from '../../graph/ops/crop.ts';
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

/** Filters of a module: 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; pool projection (table 1 of the paper). */
type ModuleFilters = readonly [number, number, number, number, number, number];

const MODULES: Readonly<Record<string, ModuleFilters>> = {
  '3a': [64, 96, 128, 16, 32, 32],
  '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64],
  '4b': [160, 112, 224, 24, 64, 64],
  '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64],
  '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128],
  '5b': [384, 192, 384, 48, 128, 128],
};

/** image: [batch, inputChannels, h, w] → features after inception 3b (stride 8), 4e (16) and 5b (32). */
export function emitGooglenet(scope: NetworkScope, spec: FcnSpec, image: Value): BackboneFeatures {
  const convolve = (name: string, x: Value, filters: number, sidePx: number, stride = 1): Value =>
    rectifiedConvolution(scope, name, x, { filters: scaledFilters(spec, filters), sidePx, stride });
  const normalise = (x: Value): Value => localResponseNormalise(scope.graph, x);
  /** x: [batch, channels, h, w] → [batch, filters, h − 4, w − 4]; branches that reach less far take less of x. */
  const inception = (x: Value, module: string): Value => {
    const [one, reduce3, three, reduce5, five, projection] = MODULES[module]!;
    const name = (layer: string): string => `inception_${module}/${layer}`;
    const near = crop(scope.graph, x, 1);
    return concat(scope.graph, [
      convolve(name('1x1'), crop(scope.graph, x, 2), one, 1),
      convolve(name('3x3'), convolve(name('3x3_reduce'), near, reduce3, 1), three, 3),
      convolve(name('5x5'), convolve(name('5x5_reduce'), x, reduce5, 1), five, 5),
      convolve(name('pool_proj'), maxPool3(scope, near, 1), projection, 1),
    ]);
  };
  let x = normalise(maxPool3(scope, convolve('conv1/7x7_s2', image, 64, 7, 2), 2));
  x = convolve('conv2/3x3', convolve('conv2/3x3_reduce', x, 64, 1), 192, 3);
  const stride8 = ['3a', '3b'].reduce(inception, maxPool3(scope, normalise(x), 2));
  const stride16 = ['4a', '4b', '4c', '4d', '4e'].reduce(inception, maxPool3(scope, stride8, 2));
  x = ['5a', '5b'].reduce(inception, maxPool3(scope, stride16, 2));
  return { stride8, stride16, stride32: dropIn(scope, spec, x, 1) };
}
