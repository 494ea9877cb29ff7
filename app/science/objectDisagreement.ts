/** How far each painted object and the prediction are apart: what the list of objects is sorted by. */

/**
 * 1 − IoU of each reference object with the predicted object that overlaps it most: 0 where they are the same, 1 where
 * nothing is predicted. Unlabelled pixels count for nothing, so a predicted object that goes on over them loses nothing.
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, >= 2 objects
 * @param predicted `[y, x]`: 0 background, 1…N objects
 * @returns by reference object, 0 … 1
 */
export function objectDisagreement(reference: Uint32Array, predicted: Uint32Array): Map<number, number> {
  const areas = new Map<number, number>();
  const predictedAreas = new Map<number, number>();
  const overlaps = new Map<number, Map<number, number>>();
  for (let i = 0; i < reference.length; i++) {
    const object = reference[i]!;
    const found = predicted[i]!;
    if (object === 0) continue;
    if (found !== 0) predictedAreas.set(found, (predictedAreas.get(found) ?? 0) + 1);
    if (object < 2) continue;
    areas.set(object, (areas.get(object) ?? 0) + 1);
    if (found === 0) continue;
    let over = overlaps.get(object);
    if (over === undefined) {
      over = new Map();
      overlaps.set(object, over);
    }
    over.set(found, (over.get(found) ?? 0) + 1);
  }
  const result = new Map<number, number>();
  for (const [object, area] of areas) {
    let best = 0;
    for (const [found, overlap] of overlaps.get(object) ?? []) {
      best = Math.max(best, overlap / (area + predictedAreas.get(found)! - overlap));
    }
    result.set(object, 1 - best);
  }
  return result;
}
