/** The column half of the two-nearest-objects distance transform: the two nearest objects of each pixel's own column. */

import type { ShapeYX } from './geometry.ts';

/** Row numbers, in half the memory where they fit. */
type Rows = Int16Array | Int32Array;
/** Planes up to this height have row numbers of 16 bits. */
const LARGEST_SMALL_HEIGHT = 32766;

/**
 * Nearest object pixel of the own column, and nearest pixel of another object in it, row by row from the last to the
 * first. Labels are 0 where there is none within the reach; squares mean nothing there.
 */
export class ColumnNeighbours {
  /** `[x]` label of the nearest object in the column. */
  readonly label1: Uint32Array;
  /** `[x]` label of the nearest other object in the column. */
  readonly label2: Uint32Array;
  /** `[x]` squared distance to the nearest object's pixel, px². */
  readonly square1: Float64Array;
  /** `[x]` squared distance to the nearest other object's pixel, px². */
  readonly square2: Float64Array;
  private readonly objects: Uint32Array;
  private readonly width: number;
  private readonly reachPx: number;
  // Rows of the nearest object pixel at or above each pixel, and of the nearest of another object; far outside for none.
  private readonly firstAbove: Rows;
  private readonly secondAbove: Rows;
  // The same at or below the present row, with their labels, by column.
  private readonly firstBelow: Int32Array;
  private readonly secondBelow: Int32Array;
  private readonly firstLabelBelow: Uint32Array;
  private readonly secondLabelBelow: Uint32Array;

  /**
   * @param objects `[y, x]`, 0 for no object
   * @param reachPx objects further away in the column are left out
   */
  constructor(objects: Uint32Array, shape: ShapeYX, reachPx: number) {
    const { y: height, x: width } = shape;
    this.objects = objects;
    this.width = width;
    this.reachPx = Math.min(reachPx, height);
    this.label1 = new Uint32Array(width);
    this.label2 = new Uint32Array(width);
    this.square1 = new Float64Array(width);
    this.square2 = new Float64Array(width);
    const { first, second } = nearestRowsAbove(objects, shape);
    this.firstAbove = first;
    this.secondAbove = second;
    this.firstBelow = new Int32Array(width).fill(2 * height + 1);
    this.secondBelow = new Int32Array(width).fill(2 * height + 1);
    this.firstLabelBelow = new Uint32Array(width);
    this.secondLabelBelow = new Uint32Array(width);
  }

  /** Fills the four arrays for row y; rows must come one by one from the last. */
  readRow(y: number): void {
    const { objects, width, reachPx, label1, label2, square1, square2 } = this;
    const { firstAbove, secondAbove, firstBelow, secondBelow, firstLabelBelow, secondLabelBelow } = this;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const own = objects[row + x]!;
      if (own !== 0) {
        if (firstLabelBelow[x] !== own) {
          secondBelow[x] = firstBelow[x]!;
          secondLabelBelow[x] = firstLabelBelow[x]!;
          firstLabelBelow[x] = own;
        }
        firstBelow[x] = y;
      }
      const above = firstAbove[row + x]!;
      const toAbove = y - above;
      const toBelow = firstBelow[x]! - y;
      let nearest = 0;
      let nearestLabel = 0;
      let other = Infinity;
      let otherLabel = 0;
      if (toAbove <= reachPx) {
        nearest = toAbove;
        nearestLabel = objects[above * width + x]!;
        const second = secondAbove[row + x]!;
        if (y - second <= reachPx) {
          other = y - second;
          otherLabel = objects[second * width + x]!;
        }
      }
      if (toBelow <= reachPx) {
        const belowLabel = firstLabelBelow[x]!;
        const toSecond = secondBelow[x]! - y;
        if (nearestLabel === 0 || belowLabel === nearestLabel) {
          if (nearestLabel === 0 || toBelow < nearest) nearest = toBelow;
          nearestLabel = belowLabel;
          if (toSecond < other && toSecond <= reachPx) {
            other = toSecond;
            otherLabel = secondLabelBelow[x]!;
          }
        } else if (toBelow < nearest) {
          if (toSecond < nearest) {
            other = toSecond;
            otherLabel = secondLabelBelow[x]!;
          } else {
            other = nearest;
            otherLabel = nearestLabel;
          }
          nearest = toBelow;
          nearestLabel = belowLabel;
        } else if (toBelow < other) {
          other = toBelow;
          otherLabel = belowLabel;
        }
      }
      label1[x] = nearestLabel;
      square1[x] = nearest * nearest;
      label2[x] = otherLabel;
      square2[x] = other * other;
    }
  }
}

/**
 * Per pixel the row of the nearest object pixel at or above it, and of the nearest of another object; where there is
 * none, a row that is further away than the plane is high.
 */
function nearestRowsAbove(objects: Uint32Array, shape: ShapeYX): { first: Rows; second: Rows } {
  const { y: height, x: width } = shape;
  const RowArray = height <= LARGEST_SMALL_HEIGHT ? Int16Array : Int32Array;
  const first: Rows = new RowArray(height * width);
  const second: Rows = new RowArray(height * width);
  // The same for the present row, by column.
  const row1 = new Int32Array(width).fill(-height - 1);
  const row2 = new Int32Array(width).fill(-height - 1);
  const label = new Uint32Array(width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const own = objects[i]!;
      if (own !== 0) {
        if (label[x] !== own) {
          label[x] = own;
          row2[x] = row1[x]!;
        }
        row1[x] = y;
      }
      first[i] = row1[x]!;
      second[i] = row2[x]!;
    }
  }
  return { first, second };
}
