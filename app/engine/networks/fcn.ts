/** Fully convolutional networks FCN-32s, 16s and 8s (Long, Shelhamer, Darrell 2015) on AlexNet, VGG16 and GoogLeNet. */

import { addTensors } from '../graph/ops/addTensors.ts';
import { crop } from '../graph/ops/crop.ts';
import { bilinearUpsample, transposedConv2d } from '../graph/ops/transposedConv2d.ts';
import type { Value } from '../graph/value.ts';
import type { Backbone, FcnSpec } from '../modelDescription.ts';
import { emitAlexnet } from './backbones/alexnet.ts';
import { type BackboneFeatures, plainConvolution } from './backbones/backboneLayers.ts';
import { emitGooglenet } from './backbones/googlenet.ts';
import { emitVgg16 } from './backbones/vgg16.ts';
import { sidesOf, upsamplingBorder, upsamplingSide } from './fcnGeometry.ts';
import type { NetworkScope } from './networkScope.ts';

const BACKBONES: Readonly<
  Record<Backbone, (scope: NetworkScope, spec: FcnSpec, image: Value) => BackboneFeatures>
> = { alexnet: emitAlexnet, vgg16: emitVgg16, googlenet: emitGooglenet };

/**
 * image: [batch, inputChannels, height, width] → logits: [batch, classes, height − 2b, width − 2b].
 *
 * Scores of stride 32 are upsampled ×2 by a kernel that starts bilinear and learns, added to the scores of stride 16, and
 * so on to the finest stride; the rest of the way is bilinear and fixed. All scores start at 0. Nothing is padded: the
 * caller mirrors the margin that the original padded by 100 px. Layers have the same names in all three stages, so that a
 * finer one starts from a coarser one's weights.
 */
export function emitFcn(scope: NetworkScope, spec: FcnSpec, image: Value): Value {
  const { backbone, classes, finestStride } = spec;
  const { graph } = scope;
  const features = BACKBONES[backbone](scope, spec, image);
  // Borders do not depend on the size.
  const { border16, border8 } = sidesOf(spec, 2);
  const score = (name: string, x: Value): Value =>
    plainConvolution(scope, name, x, { filters: classes, sidePx: 1, zeros: true });
  /** Coarser scores, upsampled ×2, plus those of finer features. */
  const fuse = (coarse: Value, stride: 16 | 8, finer: Value, borderPx: number): Value => {
    const side = upsamplingSide(backbone, 2);
    const kernel = scope.parameter({
      name: `upsample${stride}.kernel`,
      shape: [classes, 1, side, side],
      role: 'kernel',
      fanIn: side * side,
      initial: 'bilinear',
    });
    const upsampled = transposedConv2d(graph, coarse, kernel, { stride: 2, groups: classes });
    const between = crop(graph, upsampled, upsamplingBorder(backbone, 2));
    return addTensors(graph, between, score(`score${stride}`, crop(graph, finer, borderPx)));
  };
  let scores = score('score', features.stride32);
  if (finestStride <= 16) scores = fuse(scores, 16, features.stride16, border16);
  if (finestStride === 8) scores = fuse(scores, 8, features.stride8, border8);
  const whole = bilinearUpsample(graph, scores, finestStride, upsamplingSide(backbone, finestStride));
  return crop(graph, whole, upsamplingBorder(backbone, finestStride));
}
