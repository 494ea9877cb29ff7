/** A perceptually even map from black over violet and orange to white-hot, for weights and probabilities. */

// Anchors with evenly rising lightness (CIE L* 0, 12.5 … 100), hue turning from violet to yellow.
const ANCHORS: readonly [number, number, number][] = [
  [0, 0, 0],
  [27, 12, 65],
  [74, 12, 107],
  [120, 28, 109],
  [165, 44, 96],
  [207, 68, 70],
  [237, 105, 37],
  [251, 155, 6],
  [247, 209, 61],
  [255, 255, 245],
];

/** 256 colours as `0xAABBGGRR` words (the byte order of canvas pixels), opaque. */
export const HEAT_TABLE: Uint32Array = buildTable();

function buildTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * (ANCHORS.length - 1);
    const k = Math.min(ANCHORS.length - 2, Math.floor(position));
    const f = position - k;
    const a = ANCHORS[k]!;
    const b = ANCHORS[k + 1]!;
    const mix = (channel: 0 | 1 | 2) => Math.round(a[channel] + (b[channel] - a[channel]) * f);
    table[i] = (0xff000000 | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  }
  return table;
}

/** The map as a CSS gradient, left to right. */
export function heatGradient(direction: string): string {
  const stops = ANCHORS.map(([r, g, b], i) => `rgb(${r} ${g} ${b}) ${(i / (ANCHORS.length - 1)) * 100}%`);
  return `linear-gradient(${direction}, ${stops.join(', ')})`;
}
