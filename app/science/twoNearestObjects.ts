/**
 * Exact Euclidean distances to the nearest and the second-nearest object of every pixel in one pass over the plane:
 * the quantity of which the separation-border weight map is made.
 */

import { ColumnNeighbours } from './columnNeighbours.ts';
import type { ShapeYX } from './geometry.ts';
import { SecondEnvelope } from './secondEnvelope.ts';

/** What {@link scanTwoNearestObjects} reads. */
export interface TwoNearestObjectsInput {
  /** `[y, x]`, 0 for no object; an object may have several parts. */
  objects: Uint32Array;
  shape: ShapeYX;
  /** Distances up to this are exact; longer ones may come out too long or Infinity, and cost less. */
  reachPx: number;
  /** `[y, x]`: within objects, distances are right only where this is 1, which costs less; without it everywhere. */
  wanted?: Uint8Array;
}

/**
 * Squared distances in px² of a row of pixels to the nearest and to the second-nearest object; the arrays are used again.
 */
export type RowOfSquares = (y: number, square1: Float64Array, square2: Float64Array) => void;

/**
 * Distances from each pixel centre to the nearest pixel of the nearest object, and of the nearest other object.
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
  const d1 = new Float32Array(shape.y * shape.x);
  const d2 = new Float32Array(shape.y * shape.x);
  scanTwoNearestObjects({ objects, shape, reachPx }, (y, square1, square2) => {
    const row = y * shape.x;
    for (let x = 0; x < shape.x; x++) {
      d1[row + x] = Math.sqrt(square1[x]!);
      d2[row + x] = Math.sqrt(square2[x]!);
    }
  });
  return { d1, d2 };
}

/**
 * As {@link twoNearestObjects}, squared and row by row from the last, for those who need no plane of distances.
 *
 * The separable transform of Meijster et al. (2000) and Felzenszwalb & Huttenlocher (2012), carried for two labels: per
 * column the nearest pixel and the nearest pixel of another object ({@link ColumnNeighbours}), per row the two lowest
 * parabolas of different objects ({@link SecondEnvelope}). Two candidates a column suffice: whichever object is nearest
 * to a pixel, the nearest pixel of any other object is first or second among the objects of its own column. O(pixels),
 * whatever the objects.
 */
export function scanTwoNearestObjects(input: TwoNearestObjectsInput, visit: RowOfSquares): void {
  const { objects, shape, wanted } = input;
  const { x: width } = shape;
  const columns = new ColumnNeighbours(objects, shape, input.reachPx);
  const { label1, label2, square1, square2 } = columns;
  const envelope = new SecondEnvelope(width);
  const first = new Float64Array(width);
  const second = new Float64Array(width);
  for (let y = shape.y - 1; y >= 0; y--) {
    const row = y * width;
    columns.readRow(y);
    envelope.clear();
    // The present run of pixels of one object whose distances nobody wants.
    let runStart = 0;
    let runEnd = 0;
    for (let x = 0; x < width; x++) {
      const label = label1[x]!;
      if (label === 0) continue;
      if (wanted !== undefined && objects[row + x] !== 0) {
        if (x >= runEnd) {
          runStart = x;
          runEnd = x;
          while (runEnd < width && objects[row + runEnd] === label && wanted[row + runEnd] !== 1) runEnd++;
        }
        if (x > runStart && x + 1 < runEnd && isIdle(columns, x, runStart, runEnd)) continue;
      }
      envelope.insert(x, square1[x]!, label);
      const other = label2[x]!;
      if (other !== 0) envelope.insertOther(x, square2[x]!, other);
    }
    envelope.write(first, second);
    visit(y, first, second);
  }
}

/**
 * True where a column says nothing beyond the run `[start, end)` of pixels of one object around it: the run's ends are
 * nearer than the object's pixel here, and the columns beside it have nearer pixels of the same second object.
 */
function isIdle({ label2, square2 }: ColumnNeighbours, x: number, start: number, end: number): boolean {
  const other = label2[x]!;
  if (other === 0) return true;
  const square = square2[x]!;
  return (
    label2[x - 1] === other &&
    label2[x + 1] === other &&
    square2[x - 1]! - square <= 2 * (x - start) + 1 &&
    square2[x + 1]! - square <= 2 * (end - x) - 1
  );
}
