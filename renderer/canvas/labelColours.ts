/** Colours of objects: a colour-blind-safe start, then hues by the golden angle in three lightnesses, always the same for a label. */

/** Okabe and Ito's palette without black; made to be told apart with every kind of colour vision. */
const START = ['#56b4e9', '#e69f00', '#009e73', '#f0e442', '#cc79a7', '#0072b2', '#d55e00'];

const colours = new Map<number, readonly [number, number, number]>();

/** `[r, g, b]` (0 … 255) of a label (>= 2). */
export function labelColour(label: number): readonly [number, number, number] {
  const known = colours.get(label);
  if (known) return known;
  const position = label - 2;
  const start = START[position];
  const colour = start ? parseColour(start) : fromOklch(position);
  colours.set(label, colour);
  return colour;
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

function fromOklch(position: number): readonly [number, number, number] {
  const lightness = [0.72, 0.84, 0.62][position % 3]!;
  const hue = (position * 137.507_764 * Math.PI) / 180;
  const a = 0.165 * Math.cos(hue);
  const b = 0.165 * Math.sin(hue);
  // OKLab to linear sRGB (Ottosson 2020).
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}
