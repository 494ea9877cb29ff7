/** Likely mistakes of a prediction against the labels there are: objects merged, split, missed and invented. */

import type { ShapeYX } from './geometry.ts';

export type MistakeKind = 'merged' | 'split' | 'missed' | 'invented';

export interface Mistake {
  kind: MistakeKind;
  /** Bounding box of the objects concerned, px. */
  area: { x: number; y: number; w: number; h: number };
  /** Labelled pixels concerned. */
  pixels: number;
}

/** A predicted object that covers less of a labelled one is no piece of it. */
const LEAST_PIECE = 0.1;

/** What is counted of an object: pixels, those on background, and its bounding box. */
interface Extent {
  pixels: number;
  labelled: number;
  background: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/**
 * Compares predicted with labelled objects of a plane. Labels are partial, so that nothing is held against a prediction on
 * unlabelled ground:
 * - merged: a predicted object holds more than half of each of two or more labelled objects;
 * - split: two or more predicted objects each lie, as far as they are labelled, for more than half on one labelled
 *   object and cover at least a tenth of it;
 * - missed: predicted objects cover less than half of a labelled one, all together;
 * - invented: more than half of all pixels of a predicted object lie on painted background.
 *
 * @param reference `[y, x]`: 0 unlabelled, 1 background, >= 2 objects
 * @param predicted `[y, x]`: 0 background, 1…N objects
 * @returns most pixels first; of equals merged before split before missed before invented, then by object number
 */
export function likelyMistakes(reference: Uint32Array, predicted: Uint32Array, shape: ShapeYX): Mistake[] {
  const references = new Map<number, Extent>();
  const predictions = new Map<number, Extent>();
  const overlaps = new Map<number, Map<number, number>>();
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const label = reference[i]!;
      const found = predicted[i]!;
      if (label >= 2) count(references, label, label, y, x);
      if (found === 0) continue;
      count(predictions, found, label, y, x);
      if (label < 2) continue;
      let own = overlaps.get(label);
      if (own === undefined) {
        own = new Map();
        overlaps.set(label, own);
      }
      own.set(found, (own.get(found) ?? 0) + 1);
    }
  }

  const held = new Map<number, Extent[]>();
  const split: Mistake[] = [];
  const missed: Mistake[] = [];
  for (const [label, extent] of byNumber(references)) {
    const pieces: Extent[] = [];
    let covered = 0;
    for (const [found, overlap] of overlaps.get(label) ?? []) {
      const piece = predictions.get(found)!;
      covered += overlap;
      if (2 * overlap > extent.pixels) held.set(found, [...(held.get(found) ?? []), extent]);
      if (2 * overlap > piece.labelled && overlap >= LEAST_PIECE * extent.pixels) pieces.push(piece);
    }
    if (pieces.length >= 2) {
      split.push({ kind: 'split', area: boxOf([extent, ...pieces]), pixels: extent.pixels });
    }
    if (2 * covered < extent.pixels) {
      missed.push({ kind: 'missed', area: boxOf([extent]), pixels: extent.pixels });
    }
  }
  const merged: Mistake[] = [];
  const invented: Mistake[] = [];
  for (const [found, extent] of byNumber(predictions)) {
    const parts = held.get(found) ?? [];
    if (parts.length >= 2) {
      const pixels = parts.reduce((sum, part) => sum + part.pixels, 0);
      merged.push({ kind: 'merged', area: boxOf([extent, ...parts]), pixels });
    }
    if (2 * extent.background > extent.pixels) {
      invented.push({ kind: 'invented', area: boxOf([extent]), pixels: extent.background });
    }
  }
  return [...merged, ...split, ...missed, ...invented].sort((a, b) => b.pixels - a.pixels);
}

function byNumber(extents: Map<number, Extent>): [number, Extent][] {
  return [...extents].sort(([a], [b]) => a - b);
}

function count(extents: Map<number, Extent>, object: number, label: number, y: number, x: number): void {
  let extent = extents.get(object);
  if (extent === undefined) {
    extent = { pixels: 0, labelled: 0, background: 0, x0: x, y0: y, x1: x, y1: y };
    extents.set(object, extent);
  }
  extent.pixels++;
  if (label !== 0) extent.labelled++;
  if (label === 1) extent.background++;
  extent.x0 = Math.min(extent.x0, x);
  extent.x1 = Math.max(extent.x1, x);
  extent.y1 = y;
}

function boxOf(extents: readonly Extent[]): Mistake['area'] {
  const x = Math.min(...extents.map((extent) => extent.x0));
  const y = Math.min(...extents.map((extent) => extent.y0));
  return {
    x,
    y,
    w: Math.max(...extents.map((extent) => extent.x1)) + 1 - x,
    h: Math.max(...extents.map((extent) => extent.y1)) + 1 - y,
  };
}
