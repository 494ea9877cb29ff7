/** Counter-based random numbers: every stream is a pure function of a seed and stream numbers, so a run can resume anywhere. */

/** One stream of pseudo-random numbers. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number;
  /** Standard normal (mean 0, standard deviation 1). */
  normal(): number;
  /** Uniform integer in 0…n-1, for 1 <= n <= 2^32. */
  integer(n: number): number;
}

const GOLDEN = 0x9e3779b9;

/** 32-bit finaliser of MurmurHash3: a bijection in which every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * A stream of random numbers that depends on nothing but its arguments.
 *
 * @param seed any finite number; integers up to 2^53 give distinct streams
 * @param stream further numbers that name the stream, such as step and slot
 * @returns the stream from its beginning; two calls with equal arguments give equal numbers on every machine
 */
export function createRandom(seed: number, ...stream: number[]): Random {
  let a = 0x243f6a88;
  let b = 0x13198a2e;
  for (const part of [seed, ...stream, stream.length]) {
    const low = part | 0;
    const high = Math.floor(part / 4294967296) | 0;
    a = mix(a ^ low);
    b = mix(b + high + Math.imul(a, GOLDEN));
    a = mix(a + b);
  }
  let counter = 0;
  let spare = Number.NaN;

  /** The word at this counter: two keyed mixing rounds of a Weyl sequence. */
  const word = (): number => {
    counter = (counter + 1) | 0;
    return mix(mix(Math.imul(counter, GOLDEN) ^ a) + b) >>> 0;
  };

  const next = (): number => word() / 4294967296;

  /** Marsaglia's polar method; it needs no sine or cosine, whose last bit differs between machines. */
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };

  return { next, normal, integer: (n) => Math.floor(next() * n) };
}
