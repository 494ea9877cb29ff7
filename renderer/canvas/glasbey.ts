/** Maximally distinct colours after Glasbey et al. 2007: each next colour is the one farthest from all before it, in OKLab. */

/** Okabe and Ito's palette without black; made to be told apart with every kind of colour vision. */
const START = [0x56b4e9, 0xe69f00, 0x009e73, 0xf0e442, 0xcc79a7, 0x0072b2, 0xd55e00];
/** Levels of red, green and blue among which the others are found. */
const LEVELS = 16;
/** Not so dark that they vanish on a black image, not so light that they are taken for white (OKLab lightness). */
const LIGHTNESS: readonly [number, number] = [0.5, 0.9];
/** Not so grey that they are taken for the image. */
const LEAST_CHROMA = 0.07;

type Rgb = readonly [number, number, number];

/** `count` colours, `[r, g, b]` 0 … 255; always the same ones. */
export function glasbeyColours(count: number): Rgb[] {
  const colours: Rgb[] = START.map((value) => [(value >> 16) & 255, (value >> 8) & 255, value & 255]);
  const candidates: Rgb[] = [];
  for (let n = 0; n < LEVELS ** 3; n++) {
    const at = (divisor: number) => Math.round(((Math.floor(n / divisor) % LEVELS) * 255) / (LEVELS - 1));
    const colour: Rgb = [at(LEVELS * LEVELS), at(LEVELS), at(1)];
    const [lightness, a, b] = toOklab(colour);
    const isSeen = lightness >= LIGHTNESS[0] && lightness <= LIGHTNESS[1];
    if (isSeen && Math.hypot(a, b) >= LEAST_CHROMA) candidates.push(colour);
  }
  const places = candidates.map(toOklab);
  const nearest = new Float64Array(candidates.length).fill(Number.POSITIVE_INFINITY);
  const note = ([l, a, b]: Rgb) => {
    for (const [i, [l2, a2, b2]] of places.entries()) {
      nearest[i] = Math.min(nearest[i]!, (l - l2) ** 2 + (a - a2) ** 2 + (b - b2) ** 2);
    }
  };
  for (const colour of colours) note(toOklab(colour));
  while (colours.length < count) {
    let farthest = 0;
    for (let i = 1; i < nearest.length; i++) if (nearest[i]! > nearest[farthest]!) farthest = i;
    colours.push(candidates[farthest]!);
    note(places[farthest]!);
  }
  return colours.slice(0, count);
}

/** sRGB to OKLab (Ottosson 2020). */
function toOklab([red, green, blue]: Rgb): Rgb {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
