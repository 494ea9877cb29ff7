/** Fills the holes of objects: background that one object surrounds. */

import { connectedComponents } from './connectedComponents.ts';
import type { ShapeYX } from './geometry.ts';

/**
 * Gives each hole to the object around it. A hole is a 4-connected area of 0 that does not reach the plane's border and
 * has one object only along its edges; what lies between several objects stays empty.
 *
 * @param labels `[y, x]`, 0 no object; changed in place
 */
export function fillHoles(labels: Uint32Array | Uint8Array, shape: ShapeYX): void {
  const { y: height, x: width } = shape;
  const empty = Uint8Array.from(labels, (label) => (label === 0 ? 1 : 0));
  const { labels: areas, count } = connectedComponents(empty, shape, 4);
  // The object around each area: 0 not met yet, -1 none or several.
  const around = new Float64Array(count + 1);
  const meet = (area: number, label: number): void => {
    if (around[area] === 0) around[area] = label;
    else if (around[area] !== label) around[area] = -1;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const area = areas[i]!;
      if (area === 0) continue;
      if (y === 0 || x === 0 || y === height - 1 || x === width - 1) {
        around[area] = -1;
        continue;
      }
      if (labels[i - 1] !== 0) meet(area, labels[i - 1]!);
      if (labels[i + 1] !== 0) meet(area, labels[i + 1]!);
      if (labels[i - width] !== 0) meet(area, labels[i - width]!);
      if (labels[i + width] !== 0) meet(area, labels[i + width]!);
    }
  }
  for (let i = 0; i < areas.length; i++) {
    const label = around[areas[i]!]!;
    if (areas[i] !== 0 && label > 0) labels[i] = label;
  }
}
