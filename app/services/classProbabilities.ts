/** From the stored probabilities of the foreground classes to background and to one class a pixel. */

/** Background first, then the K classes, one `[y, x]` plane each; background is 1 − the sum of the others, not below 0. */
export function probabilityPlanes(foreground: Float32Array, classes: number, pixels: number): Float32Array[] {
  const background = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    let rest = 1;
    for (let k = 0; k < classes; k++) rest -= foreground[k * pixels + i]!;
    background[i] = Math.max(0, rest);
  }
  const planes = Array.from({ length: classes }, (_, k) => foreground.subarray(k * pixels, (k + 1) * pixels));
  return [background, ...planes];
}

/** `[y, x]`: number of the class with the largest probability, 0 background; the first of equals. */
export function mostProbableClass(foreground: Float32Array, classes: number, pixels: number): Uint8Array {
  const planes = probabilityPlanes(foreground, classes, pixels);
  const chosen = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    let best = 0;
    for (let k = 1; k < planes.length; k++) if (planes[k]![i]! > planes[best]![i]!) best = k;
    chosen[i] = best;
  }
  return chosen;
}
