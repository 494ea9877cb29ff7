/** Fits one number a class that makes a model's probabilities honest again after a training with unequal weights. */

/** Probabilities of one plane beside what is known about it. */
export interface CalibrationItem {
  /** `[K, y, x]` probabilities of the classes, background left out. */
  foreground: Float32Array;
  /** `[y, x]`: 0 unlabelled, 1 background, 1 + k class k. */
  classes: Uint8Array;
}

/** Pixels looked at, at most; at even distances. */
const MOST_PIXELS = 200_000;
const ROUNDS = 100;
/** Largest change of an offset, so that a class hardly seen in the labels is neither ruled out nor seen everywhere. */
const LARGEST_OFFSET = 3;
const SMALLEST_PROBABILITY = 1e-6;

/**
 * Weights in the loss (classes balanced, borders raised) push probabilities towards what weighs more: p' ∝ w · p. What
 * is asked of a prediction, pixel by pixel, is p. Offsets b on the logits take the push back as far as one number a class can:
 * they minimise the unweighted cross-entropy of softmax(log p + b) over the labelled pixels, where each class is
 * predicted as often as it is labelled (the condition of the minimum, reached by iterating it: Saerens, Latinne,
 * Decaestecker 2002 in the form for known frequencies).
 *
 * @param classes K, background left out
 * @returns `[K + 1]`, background first and 0; all 0 without labelled pixels. A class that is not labelled keeps 0.
 */
export function fitClassOffsets(items: readonly CalibrationItem[], classes: number): number[] {
  const offsets = new Array<number>(classes + 1).fill(0);
  const { probabilities, frequencies, count } = samplePixels(items, classes);
  if (count === 0) return offsets;
  const scaled = new Float64Array(classes + 1);
  for (let round = 0; round < ROUNDS; round++) {
    const predicted = new Float64Array(classes + 1);
    const factors = offsets.map(Math.exp);
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k <= classes; k++) {
        const value = probabilities[i * (classes + 1) + k]! * factors[k]!;
        scaled[k] = value;
        sum += value;
      }
      for (let k = 0; k <= classes; k++) predicted[k]! += scaled[k]! / sum;
    }
    for (let k = 0; k <= classes; k++) {
      const wanted = frequencies[k]!;
      if (wanted > 0 && predicted[k]! > 0) offsets[k]! += Math.log(wanted / predicted[k]!);
    }
    const background = frequencies[0]! > 0 ? offsets[0]! : 0;
    for (let k = 0; k <= classes; k++) if (frequencies[k]! > 0) offsets[k]! -= background;
  }
  return offsets.map((offset) => Math.min(LARGEST_OFFSET, Math.max(-LARGEST_OFFSET, offset)));
}

/** Labelled pixels at even distances: their probabilities `[count, K + 1]`, and how often each class is labelled. */
function samplePixels(items: readonly CalibrationItem[], classes: number) {
  let labelled = 0;
  for (const item of items) for (const value of item.classes) if (value > 0) labelled++;
  const stride = Math.max(1, Math.ceil(labelled / MOST_PIXELS));
  const count = Math.ceil(labelled / stride);
  const probabilities = new Float32Array(count * (classes + 1));
  const frequencies = new Float64Array(classes + 1);
  let seen = 0;
  let taken = 0;
  for (const item of items) {
    const size = item.classes.length;
    for (let i = 0; i < size; i++) {
      const value = item.classes[i]!;
      if (value === 0 || seen++ % stride !== 0) continue;
      frequencies[value - 1]!++;
      let background = 1;
      for (let k = 0; k < classes; k++) {
        const p = item.foreground[k * size + i]!;
        background -= p;
        probabilities[taken * (classes + 1) + k + 1] = Math.max(p, SMALLEST_PROBABILITY);
      }
      probabilities[taken * (classes + 1)] = Math.max(background, SMALLEST_PROBABILITY);
      taken++;
    }
  }
  return { probabilities, frequencies, count };
}

/**
 * Changes probabilities as offsets on their logits do: p'_k ∝ p_k · exp(b_k). In place.
 *
 * @param foreground `[K, y, x]`, background left out
 * @param offsets `[K + 1]`, background first
 */
export function applyClassOffsets(foreground: Float32Array, offsets: readonly number[]): void {
  if (offsets.every((offset) => offset === 0)) return;
  const classes = offsets.length - 1;
  const size = foreground.length / classes;
  const factors = offsets.map(Math.exp);
  for (let i = 0; i < size; i++) {
    let background = 1;
    for (let k = 0; k < classes; k++) background -= foreground[k * size + i]!;
    let sum = Math.max(0, background) * factors[0]!;
    for (let k = 0; k < classes; k++) sum += foreground[k * size + i]! * factors[k + 1]!;
    for (let k = 0; k < classes; k++) {
      const at = k * size + i;
      foreground[at] = (foreground[at]! * factors[k + 1]!) / sum;
    }
  }
}
