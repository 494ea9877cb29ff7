/** Test support: TensorFlow.js layers on [batch, channels, height, width], which its CPU backend only has channels-last. */

import * as tf from '@tensorflow/tfjs';

const toLast = (x: tf.Tensor): tf.Tensor4D => x.transpose([0, 2, 3, 1]);
const toFirst = (x: tf.Tensor): tf.Tensor4D => x.transpose([0, 3, 1, 2]);

/** kernel: [filters, channels, side, side]. */
export function convolve(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | null,
  paddingPx: number,
): tf.Tensor4D {
  const padded = tf.pad(toLast(x), [
    [0, 0],
    [paddingPx, paddingPx],
    [paddingPx, paddingPx],
    [0, 0],
  ]);
  const y = tf.conv2d(padded as tf.Tensor4D, kernel.transpose([2, 3, 1, 0]) as tf.Tensor4D, 1, 'valid');
  return toFirst(bias === null ? y : y.add(bias));
}

/** kernel: [channels, filters, 2, 2]. */
export function upConvolve(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor4D {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const shape: [number, number, number, number] = [batch, height * 2, width * 2, kernel.shape[1]!];
  const y = tf.conv2dTranspose(toLast(x), kernel.transpose([2, 3, 1, 0]) as tf.Tensor4D, shape, 2, 'valid');
  return toFirst(y.add(bias));
}

export function pool(x: tf.Tensor): tf.Tensor4D {
  return toFirst(tf.maxPool(toLast(x), 2, 2, 'valid'));
}
