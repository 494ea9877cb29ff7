/** Test support: the U-Net and its loss once more, in TensorFlow.js, written from SCIENCE.md rather than from our builder. */

import * as tf from '@tensorflow/tfjs';
import type { UnetSpec } from '../../../app/engine/modelDescription.ts';
import { convolve, pool, upConvolve } from '../graph/tfNchw.ts';

/** image: [batch, channels, height, width] → logits. `weights` by Limn's names. No dropout. */
export function tfUnet(spec: UnetSpec, image: tf.Tensor, weights: Record<string, tf.Tensor>): tf.Tensor4D {
  const paddingPx = spec.padding === 'same' ? 1 : 0;
  const block = (x: tf.Tensor, name: string): tf.Tensor => {
    const y = convolve(x, weights[`${name}.kernel`]!, weights[`${name}.bias`] ?? null, paddingPx);
    if (spec.normalisation === 'none') return y.relu();
    const { mean, variance } = tf.moments(y, spec.normalisation === 'batch' ? [0, 2, 3] : [2, 3], true);
    const perChannel = (role: string): tf.Tensor => weights[`${name}.${role}`]!.reshape([1, -1, 1, 1]);
    return y
      .sub(mean)
      .div(variance.add(1e-5).sqrt())
      .mul(perChannel('scale'))
      .add(perChannel('shift'))
      .relu();
  };
  const twice = (x: tf.Tensor, name: string): tf.Tensor =>
    block(block(x, `${name}.convolution1`), `${name}.convolution2`);
  const level = (x: tf.Tensor, depth: number): tf.Tensor => {
    if (depth === spec.depth) return twice(x, 'bottom');
    const skip = twice(x, `down${depth}`);
    const name = `up${depth}.upConvolution`;
    const up = upConvolve(level(pool(skip), depth + 1), weights[`${name}.kernel`]!, weights[`${name}.bias`]!);
    const offset = [2, 3].map((axis) => (skip.shape[axis]! - up.shape[axis]!) / 2);
    const cropped = tf.slice(
      skip,
      [0, 0, ...offset],
      [skip.shape[0]!, skip.shape[1]!, up.shape[2]!, up.shape[3]!],
    );
    return twice(tf.concat([cropped, up], 1), `up${depth}`);
  };
  return convolve(level(image, 0), weights['score.kernel']!, weights['score.bias']!, 0);
}

/** E = −Σ w log p_target / Σ w over labelled pixels; target 0 unlabelled, 1 background, 1 + k class k. */
export function tfLoss(logits: tf.Tensor, target: Uint8Array, weight: Float32Array): tf.Scalar {
  const classes = logits.shape[1]!;
  const rows = logits.transpose([0, 2, 3, 1]).reshape([-1, classes]);
  const oneHot = tf
    .oneHot(
      tf.tensor1d(
        Array.from(target, (label) => label - 1),
        'int32',
      ),
      classes,
    )
    .toFloat();
  const used = tf.tensor1d(Array.from(weight, (w, i) => (target[i] === 0 ? 0 : w)));
  return oneHot.mul(tf.logSoftmax(rows)).sum(1).mul(used).sum().neg().div(used.sum());
}
