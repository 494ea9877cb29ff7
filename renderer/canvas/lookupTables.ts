/** How grey values become colours: grey, fire and viridis, or one colour from black to full; 256 entries each. */

import type { LookupName } from '../state/workspace.ts';
import { parseColour } from './labelColours.ts';

/** 256 colours, `[r, g, b]` after each other, 0 … 255. */
export type ColourTable = Uint8ClampedArray;

/** Fiji's “Fire”, every eighth entry: black, violet, red, orange, yellow, white. */
const FIRE: readonly [number, number, number][] = [
  [0, 0, 0],
  [0, 0, 61],
  [1, 0, 96],
  [25, 0, 130],
  [49, 0, 165],
  [73, 0, 192],
  [98, 0, 220],
  [122, 0, 227],
  [146, 0, 210],
  [162, 0, 181],
  [173, 0, 151],
  [184, 0, 122],
  [195, 0, 93],
  [207, 14, 64],
  [217, 35, 35],
  [229, 57, 5],
  [240, 79, 0],
  [252, 101, 0],
  [255, 117, 0],
  [255, 133, 0],
  [255, 147, 0],
  [255, 161, 0],
  [255, 175, 0],
  [255, 190, 0],
  [255, 205, 0],
  [255, 219, 0],
  [255, 234, 0],
  [255, 248, 35],
  [255, 255, 98],
  [255, 255, 160],
  [255, 255, 223],
  [255, 255, 255],
];

/** matplotlib's “viridis” (van der Walt and Smith 2015), at sixteen even places. */
const VIRIDIS: readonly [number, number, number][] = [
  [68, 1, 84],
  [72, 26, 108],
  [71, 47, 125],
  [65, 68, 135],
  [57, 86, 140],
  [49, 104, 142],
  [42, 120, 142],
  [35, 136, 142],
  [31, 152, 139],
  [34, 168, 132],
  [53, 183, 121],
  [84, 197, 104],
  [122, 209, 81],
  [165, 219, 54],
  [210, 226, 27],
  [253, 231, 37],
];

const tables = new Map<string, ColourTable>();

/** The table of a name; `colour` stands for the channel's own colour, `#rrggbb`. */
export function colourTable(name: LookupName, colour: string): ColourTable {
  const key = name === 'colour' ? colour : name;
  const known = tables.get(key);
  if (known) return known;
  const table = interpolate(anchorsOf(name, colour));
  tables.set(key, table);
  return table;
}

/** The table as a CSS gradient from left to right. */
export function lookupGradient(name: LookupName, colour: string): string {
  const stops = anchorsOf(name, colour).map((anchor) => `rgb(${anchor.join(' ')})`);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function anchorsOf(name: LookupName, colour: string): readonly (readonly [number, number, number])[] {
  switch (name) {
    case 'fire':
      return FIRE;
    case 'viridis':
      return VIRIDIS;
    case 'grey':
      return [
        [0, 0, 0],
        [255, 255, 255],
      ];
    case 'colour':
      return [[0, 0, 0], parseColour(colour)];
  }
}

function interpolate(anchors: readonly (readonly [number, number, number])[]): ColourTable {
  const table = new Uint8ClampedArray(3 * 256);
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * (anchors.length - 1);
    const k = Math.min(anchors.length - 2, Math.floor(position));
    const from = anchors[k]!;
    const to = anchors[k + 1]!;
    for (const c of [0, 1, 2] as const) table[3 * i + c] = from[c] + (to[c] - from[c]) * (position - k);
  }
  return table;
}
