/** Connected components of a label plane: the step from regions to objects, in painting and after prediction. */

import type { ShapeYX } from './geometry.ts';

/** Root of a provisional label, halving the path on the way. */
function findRoot(parents: Uint32Array, label: number): number {
  let root = label;
  while (parents[root]! !== root) {
    parents[root] = parents[parents[root]!]!;
    root = parents[root]!;
  }
  return root;
}

/** Joins two provisional labels under the smaller root and returns it. */
function joinLabels(parents: Uint32Array, first: number, second: number): number {
  const a = findRoot(parents, first);
  const b = findRoot(parents, second);
  if (a < b) {
    parents[b] = a;
    return a;
  }
  parents[a] = b;
  return b;
}

/**
 * Components of equal, non-zero values. Two passes with union-find, O(pixels).
 *
 * @param labels `[y, x]`, 0 is no object; neighbours with different values are never joined
 * @param connectivity 4 joins along edges, 8 also across corners
 * @returns `labels` `[y, x]` with 0 and 1…count, numbered by each component's first pixel in row-major order
 */
export function connectedComponents(
  labels: Uint32Array | Uint8Array,
  shape: ShapeYX,
  connectivity: 4 | 8,
): { labels: Uint32Array; count: number } {
  const { y: height, x: width } = shape;
  const components = new Uint32Array(height * width);
  const parents = new Uint32Array(height * width + 1);
  const corners = connectivity === 8;
  let provisional = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = labels[i]!;
      if (value === 0) continue;
      let own = x > 0 && labels[i - 1]! === value ? components[i - 1]! : 0;
      if (y > 0) {
        const up = i - width;
        if (labels[up]! === value) {
          const above = components[up]!;
          own = own === 0 || own === above ? above : joinLabels(parents, own, above);
        } else if (corners) {
          if (x > 0 && labels[up - 1]! === value) {
            const left = components[up - 1]!;
            own = own === 0 || own === left ? left : joinLabels(parents, own, left);
          }
          if (x + 1 < width && labels[up + 1]! === value) {
            const right = components[up + 1]!;
            own = own === 0 || own === right ? right : joinLabels(parents, own, right);
          }
        }
      }
      if (own === 0) {
        own = ++provisional;
        parents[own] = own;
      }
      components[i] = own;
    }
  }
  const compact = new Uint32Array(provisional + 1);
  let count = 0;
  for (let i = 0; i < components.length; i++) {
    const own = components[i]!;
    if (own === 0) continue;
    const root = findRoot(parents, own);
    if (compact[root] === 0) compact[root] = ++count;
    components[i] = compact[root]!;
  }
  return { labels: components, count };
}
