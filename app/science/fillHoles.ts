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
  const empty = new Uint8Array(labels.length);
  for (let i = 0; i < empty.length; i++) empty[i] = labels[i] === 0 ? 1 : 0;
  const { labels: areas, count } = connectedComponents(empty, shape, 4);
  // The object around each area: 0 not met yet, -1 none or several.
  const around = new Float64Array(count + 1);
  for (let x = 0, last = (height - 1) * width; x < width; x++)
    around[areas[x]!] = around[areas[last + x]!] = -1;
  for (let y = 0; y < height; y++) around[areas[y * width]!] = around[areas[(y + 1) * width - 1]!] = -1;
  around[0] = -1;
  const meet = (area: number, label: number): void => {
    if (label === 0 || around[area] === label) return;
    around[area] = around[area] === 0 ? label : -1;
  };
  for (let i = 0; i < areas.length; i++) {
    const area = areas[i]!;
    // Most of a plane is open background, which reaches the border.
    if (around[area] === -1) continue;
    meet(area, labels[i - 1]!);
    meet(area, labels[i + 1]!);
    meet(area, labels[i - width]!);
    meet(area, labels[i + width]!);
  }
  for (let i = 0; i < areas.length; i++) {
    const label = around[areas[i]!]!;
    if (label > 0) labels[i] = label;
  }
}
