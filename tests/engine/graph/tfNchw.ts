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

/** Equal parts along an axis; TensorFlow.js cannot differentiate a split into one. */
function cut(x: tf.Tensor, parts: number, axis: number): tf.Tensor[] {
  return parts === 1 ? [x] : tf.split(x, parts, axis);
}

/** Rows and columns of zeros between the taps of a kernel: [f, c, side, side] → [f, c, d·(side − 1) + 1, the same]. */
function dilateKernel(kernel: tf.Tensor, dilation: number): tf.Tensor {
  let k = kernel;
  for (const axis of [2, 3]) {
    const side = k.shape[axis]!;
    const gaps = k.shape.map((size, other) => (other === axis ? dilation - 1 : size));
    const taps = cut(k, side, axis);
    const parts = taps.flatMap((tap, i) =>
      i === side - 1 || dilation === 1 ? [tap] : [tap, tf.zeros(gaps)],
    );
    k = tf.concat(parts, axis);
  }
  return k;
}

/** kernel: [filters, channels / groups, side, side]. */
export function convolveGeneral(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
  options: { paddingPx: number; stride: number; dilation: number; groups: number },
): tf.Tensor4D {
  const { paddingPx, stride, dilation, groups } = options;
  const kernels = cut(dilateKernel(kernel, dilation), groups, 0);
  const parts = cut(toLast(x), groups, 3).map((part, g) => {
    const border: [number, number] = [paddingPx, paddingPx];
    const padded = tf.pad(part, [[0, 0], border, border, [0, 0]]) as tf.Tensor4D;
    return tf.conv2d(padded, kernels[g]!.transpose([2, 3, 1, 0]) as tf.Tensor4D, stride, 'valid');
  });
  return toFirst(tf.concat(parts, 3).add(bias));
}

/** kernel: [channels, filters / groups, side, side]. */
export function convolveTransposed(
  x: tf.Tensor,
  kernel: tf.Tensor,
  options: { stride: number; groups: number },
): tf.Tensor4D {
  const { stride, groups } = options;
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const [, filters, side] = kernel.shape as [number, number, number];
  const shape: [number, number, number, number] = [
    batch,
    stride * (height - 1) + side,
    stride * (width - 1) + side,
    filters,
  ];
  const kernels = cut(kernel, groups, 0);
  const parts = cut(toLast(x), groups, 3).map((part, g) =>
    tf.conv2dTranspose(
      part as tf.Tensor4D,
      kernels[g]!.transpose([2, 3, 1, 0]) as tf.Tensor4D,
      shape,
      stride,
      'valid',
    ),
  );
  return toFirst(tf.concat(parts, 3));
}

export function maxPoolWindows(
  x: tf.Tensor,
  { sidePx, stride, paddingPx }: { sidePx: number; stride: number; paddingPx: number },
): tf.Tensor4D {
  return toFirst(tf.maxPool(toLast(x), sidePx, stride, paddingPx, 'floor'));
}

export function averageWindows(
  x: tf.Tensor,
  { sidePx, stride }: { sidePx: number; stride: number },
): tf.Tensor4D {
  return toFirst(tf.avgPool(toLast(x), sidePx, stride, 'valid'));
}

/** α is for the mean over the neighbours, as in Caffe and ONNX; TensorFlow's is for their sum. */
export function normaliseResponse(
  x: tf.Tensor,
  { size, alpha, beta, bias }: { size: number; alpha: number; beta: number; bias: number },
): tf.Tensor4D {
  return toFirst(tf.localResponseNormalization(toLast(x), (size - 1) / 2, bias, alpha / size, beta));
}
