/** Colours of objects: a sequence of maximally distinct ones, always the same for a label, unless another was chosen by hand. */

import { glasbeyColours } from './glasbey.ts';

/** After so many labels the colours come again. */
const COLOURS = 256;

let colours: readonly (readonly [number, number, number])[] | null = null;

/** `[r, g, b]` (0 … 255) of a label (>= 2). */
export function labelColour(label: number): readonly [number, number, number] {
  colours ??= glasbeyColours(COLOURS);
  return colours[(label - 2) % COLOURS]!;
}

/** `#rrggbb` to numbers; white if it is not one. */
export function parseColour(hex: string): readonly [number, number, number] {
  const value = /^#[0-9a-f]{6}$/i.test(hex) ? Number.parseInt(hex.slice(1), 16) : 0xffffff;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** CSS form of {@link labelColour}. */
export function labelColourCss(label: number, colour: string | null = null): string {
  return colour ?? `rgb(${labelColour(label).join(' ')})`;
}
