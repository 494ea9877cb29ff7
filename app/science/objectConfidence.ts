/** How sure a prediction is of each of its objects, so that the sure ones can be accepted by themselves. */

/**
 * Mean foreground probability over the pixels of each object, `[N + 1]` in [0, 1]; 0 at place 0 and for numbers without a
 * pixel. The foreground probability of a pixel is the sum over the classes: a network may be sure of an object and not of
 * its class.
 *
 * @param instances `[y, x]`: 0 background, 1…N objects
 * @param foreground `[K, y, x]` probabilities of the classes, background left out
 * @param objects N
 */
export function objectConfidences(
  instances: Uint32Array,
  foreground: Float32Array,
  objects: number,
): Float64Array {
  const size = instances.length;
  const sums = new Float64Array(objects + 1);
  const pixels = new Uint32Array(objects + 1);
  for (let i = 0; i < size; i++) {
    const object = instances[i]!;
    if (object === 0) continue;
    pixels[object]!++;
    for (let at = i; at < foreground.length; at += size) sums[object]! += foreground[at]!;
  }
  return sums.map((sum, object) => (pixels[object]! > 0 ? Math.min(1, sum / pixels[object]!) : 0));
}
