/** A mosaic of cells of very different size: the geometry of a simulated tissue section. */

import type { ShapeYX } from '../geometry.ts';
import type { Random } from '../random.ts';
import { noiseField } from './noiseField.ts';

/** One cell: a point and how far its reach exceeds that of others, px. */
export interface Cell {
  y: number;
  x: number;
  weight: number;
}

/** Pixels of plane a cell. */
const AREA_PER_CELL_PX = 1500;
const OUTSIDE_PX = 60;
const BLOCK = 24;

/** Draws cells over the plane and a margin around it: many small ones, some large. */
export function drawCells(random: Random, shape: ShapeYX): Cell[] {
  const height = shape.y + 2 * OUTSIDE_PX;
  const width = shape.x + 2 * OUTSIDE_PX;
  const wanted = Math.max(4, Math.round((height * width) / AREA_PER_CELL_PX));
  const cells: Cell[] = [];
  for (let attempt = 0; attempt < 8 * wanted && cells.length < wanted; attempt++) {
    const large = random.next() < 0.22;
    const candidate = {
      y: random.next() * height - OUTSIDE_PX,
      x: random.next() * width - OUTSIDE_PX,
      weight: large ? 18 + 28 * random.next() : 5 * random.next(),
    };
    // Two cells keep apart by more than the difference of their weights, or the larger would swallow the smaller.
    const crowded = cells.some((cell) => {
      const distance = Math.hypot(cell.y - candidate.y, cell.x - candidate.x);
      return (
        distance <
        14 + 0.8 * Math.max(cell.weight, candidate.weight) + 0.3 * Math.min(cell.weight, candidate.weight)
      );
    });
    if (!crowded) cells.push(candidate);
  }
  return cells;
}

/**
 * The cell of each pixel and its distance to the border, in a Voronoi mosaic with additive weights whose plane is
 * warped by a smooth field.
 *
 * @param cells at least two
 * @returns `cell` `[y, x]` number of the cell; `toBorder` `[y, x]` about the distance to the nearest other cell, px
 */
export function warpedCells(
  random: Random,
  cells: readonly Cell[],
  shape: ShapeYX,
): { cell: Uint32Array; toBorder: Float32Array } {
  const { y: height, x: width } = shape;
  const wideY = noiseField(random, shape, 46);
  const wideX = noiseField(random, shape, 46);
  const fineY = noiseField(random, shape, 13);
  const fineX = noiseField(random, shape, 13);
  const cell = new Uint32Array(height * width);
  const toBorder = new Float32Array(height * width);
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      const bottom = Math.min(height, top + BLOCK);
      const right = Math.min(width, left + BLOCK);
      const pixels: { i: number; y: number; x: number }[] = [];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const i = y * width + x;
          pixels.push({ i, y: y + 9 * wideY[i]! + 2 * fineY[i]!, x: x + 9 * wideX[i]! + 2 * fineX[i]! });
        }
      }
      const near = cellsNear(cells, pixels);
      for (const pixel of pixels) {
        let first = Infinity;
        let second = Infinity;
        let owner = 0;
        for (const number of near) {
          const candidate = cells[number]!;
          const reach = Math.hypot(pixel.y - candidate.y, pixel.x - candidate.x) - candidate.weight;
          if (reach < first) {
            second = first;
            first = reach;
            owner = number;
          } else if (reach < second) {
            second = reach;
          }
        }
        cell[pixel.i] = owner;
        toBorder[pixel.i] = (second - first) / 2;
      }
    }
  }
  return { cell, toBorder };
}

/** Cells that can be first or second for any of these positions (distances change by at most the way moved). */
function cellsNear(cells: readonly Cell[], pixels: readonly { y: number; x: number }[]): number[] {
  const middle = pixels[pixels.length >> 1]!;
  let radius = 0;
  for (const { y, x } of pixels) radius = Math.max(radius, Math.hypot(y - middle.y, x - middle.x));
  const reaches = cells.map((cell) => Math.hypot(middle.y - cell.y, middle.x - cell.x) - cell.weight);
  const second = [...reaches].sort((a, b) => a - b)[1] ?? Infinity;
  return reaches.flatMap((reach, number) => (reach <= second + 2 * radius ? [number] : []));
}
