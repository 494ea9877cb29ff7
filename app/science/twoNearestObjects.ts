/**
 * Exact Euclidean distances to the nearest and the second-nearest object of every pixel in one pass over the plane:
 * the quantity of which the separation-border weight map is made.
 */

import type { ShapeYX } from './geometry.ts';
import { SecondEnvelope } from './secondEnvelope.ts';

/**
 * Distances from each pixel centre to the nearest pixel of the nearest object, and of the nearest other object.
 *
 * The separable transform of Meijster et al. (2000) and Felzenszwalb & Huttenlocher (2012), carried for two labels: per
 * column the nearest pixel and the nearest pixel of another object, per row the two lowest parabolas of different
 * objects ({@link SecondEnvelope}). Two candidates a column suffice: whichever object is nearest to a pixel, the nearest
 * pixel of any other object is first or second among the objects of its own column. O(pixels), whatever the objects.
 *
 * @param objects `[y, x]`, 0 for no object; an object may have several parts
 * @param reachPx distances up to this are exact; longer ones may come out too long or Infinity, and cost less
 * @returns `d1` and `d2` `[y, x]` in px, adjacent = 1, `d1` = 0 inside objects; Infinity where there is no such object
 */
export function twoNearestObjects(
  objects: Uint32Array,
  shape: ShapeYX,
  reachPx = Infinity,
): { d1: Float32Array; d2: Float32Array } {
  const { y: height, x: width } = shape;
  const d1 = new Float32Array(height * width);
  const d2 = new Float32Array(height * width);
  const { first: firstAbove, second: secondAbove } = nearestRowsAbove(objects, shape);
  // Rows of the nearest object pixel below, and of the nearest of another object, -1 for none.
  const firstBelow = new Int32Array(width).fill(-1);
  const secondBelow = new Int32Array(width).fill(-1);
  const labelBelow = new Uint32Array(width);
  const secondLabelBelow = new Uint32Array(width);
  const envelope = new SecondEnvelope(width);
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    envelope.clear();
    for (let x = 0; x < width; x++) {
      const own = objects[row + x]!;
      if (own !== 0) {
        if (labelBelow[x] !== own) {
          secondBelow[x] = firstBelow[x]!;
          secondLabelBelow[x] = labelBelow[x]!;
          labelBelow[x] = own;
        }
        firstBelow[x] = y;
      }
      // Candidates beyond the reach are not looked at: one beyond it leaves none behind it either.
      const above1 = firstAbove[row + x]!;
      const below1 = firstBelow[x]!;
      let distance1 = Infinity;
      let label1 = 0;
      let distance2 = Infinity;
      let label2 = 0;
      if (above1 >= 0 && y - above1 <= reachPx) {
        distance1 = y - above1;
        label1 = objects[above1 * width + x]!;
        const above2 = secondAbove[row + x]!;
        if (above2 >= 0 && y - above2 <= reachPx) {
          distance2 = y - above2;
          label2 = objects[above2 * width + x]!;
        }
      }
      if (below1 >= 0 && below1 - y <= reachPx) {
        const distanceBelow = below1 - y;
        const belowLabel = labelBelow[x]!;
        if (belowLabel === label1) {
          if (distanceBelow < distance1) distance1 = distanceBelow;
          const below2 = secondBelow[x]!;
          if (below2 >= 0 && below2 - y < distance2) {
            distance2 = below2 - y;
            label2 = secondLabelBelow[x]!;
          }
        } else if (distanceBelow < distance1) {
          const below2 = secondBelow[x]!;
          if (below2 >= 0 && below2 - y < distance1) {
            distance2 = below2 - y;
            label2 = secondLabelBelow[x]!;
          } else {
            distance2 = distance1;
            label2 = label1;
          }
          distance1 = distanceBelow;
          label1 = belowLabel;
        } else if (distanceBelow < distance2) {
          distance2 = distanceBelow;
          label2 = belowLabel;
        }
      }
      if (label1 === 0) continue;
      envelope.insert(x, distance1 * distance1, label1);
      if (label2 !== 0 && distance2 <= reachPx) envelope.insert(x, distance2 * distance2, label2);
    }
    envelope.writeDistances(d1, d2, row);
  }
  return { d1, d2 };
}

/** Per pixel the row of the nearest object pixel at or above it, and of the nearest of another object; -1 for none. */
function nearestRowsAbove(objects: Uint32Array, shape: ShapeYX): { first: Int32Array; second: Int32Array } {
  const { y: height, x: width } = shape;
  const first = new Int32Array(height * width).fill(-1, 0, width);
  const second = new Int32Array(height * width).fill(-1, 0, width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const previous = y > 0 ? first[i - width]! : -1;
      const previousSecond = y > 0 ? second[i - width]! : -1;
      const own = objects[i]!;
      if (own === 0) {
        first[i] = previous;
        second[i] = previousSecond;
      } else {
        first[i] = y;
        const same = previous < 0 || objects[previous * width + x] === own;
        second[i] = same ? previousSecond : previous;
      }
    }
  }
  return { first, second };
}
