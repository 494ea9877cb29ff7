/** From grey values to network input: one scale and one offset for each image and channel. */

/** How grey values become network input, per image and channel. */
export type NormalisationMode = 'none' | 'min-max' | 'z-score' | 'percentile';

/** Network input = value · scale + offset. */
export interface Normalisation {
  scale: number;
  offset: number;
}

/** Percentiles that become 0 and 1 in `percentile` mode. */
export const LOW_PERCENTILE = 1;
export const HIGH_PERCENTILE = 99.8;

/**
 * Normalisation of one plane.
 *
 * `none`: as is. `min-max`: smallest 0, largest 1. `z-score`: mean 0, population standard deviation 1. `percentile`:
 * 1st percentile 0, 99.8th 1, not clipped. Values that are not finite do not count. A plane of one value becomes 0
 * throughout (scale 1), in every mode but `none`.
 *
 * @param pixels grey values of one channel; none at all gives scale 1, offset 0
 */
export function normalisationOf(pixels: ArrayLike<number>, mode: NormalisationMode): Normalisation {
  switch (mode) {
    case 'none':
      return { scale: 1, offset: 0 };
    case 'min-max': {
      const { low, high } = extremes(pixels);
      return mapToUnit(low, high);
    }
    case 'z-score':
      return standardise(pixels);
    case 'percentile': {
      const [low, high] = percentiles(pixels, [LOW_PERCENTILE, HIGH_PERCENTILE]);
      // A few bright pixels on flat ground: both percentiles fall together, the extremes do not.
      return low! < high! ? mapToUnit(low!, high!) : normalisationOf(pixels, 'min-max');
    }
  }
}

function mapToUnit(low: number, high: number): Normalisation {
  if (!(high >= low)) return { scale: 1, offset: 0 };
  const scale = high > low ? 1 / (high - low) : 1;
  return { scale, offset: 0 - low * scale };
}

function standardise(pixels: ArrayLike<number>): Normalisation {
  let count = 0;
  let mean = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (!Number.isFinite(value)) continue;
    count++;
    mean += value;
  }
  if (count === 0) return { scale: 1, offset: 0 };
  mean /= count;
  let squares = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (Number.isFinite(value)) squares += (value - mean) * (value - mean);
  }
  // Rounding alone gives one repeated value a mean beside it and a deviation above 0.
  const { low, high } = extremes(pixels);
  if (low === high) return { scale: 1, offset: 0 - low };
  const scale = 1 / Math.sqrt(squares / count);
  return { scale, offset: 0 - mean * scale };
}

/** Smallest and largest finite value; `Infinity, -Infinity` where there is none. */
export function extremes(pixels: ArrayLike<number>): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return { low, high };
}

/**
 * Percentiles of the finite values, by linear interpolation between order statistics (as NumPy's default).
 *
 * @param ranks percentiles in 0…100
 * @returns one value a rank; NaN where there is no finite value
 */
export function percentiles(pixels: ArrayLike<number>, ranks: readonly number[]): number[] {
  if (pixels instanceof Uint8Array || pixels instanceof Uint16Array) {
    return percentilesOfHistogram(pixels, ranks);
  }
  const sorted = Float64Array.from(pixels).filter(Number.isFinite).sort();
  const last = sorted.length - 1;
  return ranks.map((rank) => {
    if (last < 0) return Number.NaN;
    const position = (rank / 100) * last;
    const below = Math.floor(position);
    const value = sorted[below]!;
    return value + (sorted[Math.min(below + 1, last)]! - value) * (position - below);
  });
}

function percentilesOfHistogram(pixels: Uint8Array | Uint16Array, ranks: readonly number[]): number[] {
  const histogram = new Uint32Array(pixels instanceof Uint8Array ? 256 : 65536);
  for (let i = 0; i < pixels.length; i++) histogram[pixels[i]!]!++;
  const valueAt = (index: number): number => {
    let value = 0;
    for (let seen = histogram[0]!; seen <= index; ) seen += histogram[++value]!;
    return value;
  };
  const last = pixels.length - 1;
  return ranks.map((rank) => {
    if (last < 0) return Number.NaN;
    const position = (rank / 100) * last;
    const below = Math.floor(position);
    const value = valueAt(below);
    return value + (valueAt(Math.min(below + 1, last)) - value) * (position - below);
  });
}
