/** Sizes of a U-Net: which inputs fit, how much smaller the output is, how far a pixel sees. */

import { LimnError } from '../../errors.ts';
import type { UnetSpec } from '../modelDescription.ts';

type Geometry = Pick<UnetSpec, 'padding' | 'depth'>;

/** Input and tile offsets move in these steps, px: 2^depth. */
export function poolingMultiple({ depth }: Geometry): number {
  return 2 ** depth;
}

/** Pixels that valid convolutions below `level` take from each side of the plane at `level`, px there. */
export function skipBorderPx({ padding, depth }: Geometry, level: number): number {
  if (padding === 'same') return 0;
  let border = 4;
  for (let below = depth - 1; below > level; below -= 1) border = 2 * border + 8;
  return level === depth ? 0 : border;
}

/** (input − output) / 2 of the network itself, px: 92 for the paper's, 0 for `same`. */
export function validBorderPx(spec: Geometry): number {
  if (spec.padding === 'same') return 0;
  return spec.depth === 0 ? 2 : skipBorderPx(spec, 0) + 4;
}

/**
 * The farthest input pixel that an output pixel depends on, px, over all positions relative to the pooling grid.
 * Found by following the interval of needed pixels from the output back to the input.
 */
export function receptiveRadiusPx({ depth }: Geometry): number {
  const convolutions = ([from, to]: [number, number]): [number, number] => [from - 2, to + 2];
  const needed = (level: number, output: [number, number]): [number, number] => {
    if (level === depth) return convolutions(output);
    const [from, to] = convolutions(output);
    const coarse = needed(level + 1, [Math.floor(from / 2), Math.floor(to / 2)]);
    return convolutions([Math.min(from, 2 * coarse[0]), Math.max(to, 2 * coarse[1] + 1)]);
  };
  let radius = 0;
  for (let position = 0; position < 2 ** depth; position += 1) {
    const [from, to] = needed(0, [position, position]);
    radius = Math.max(radius, position - from, to - position);
  }
  return radius;
}

/**
 * Context on each side of a predicted pixel, px, for tiles whose outputs are multiples of 2^depth: at least the valid
 * network's border, or for `same` the receptive radius rounded up to the pooling multiple. With it neither zero padding nor
 * the pooling grid shows in the result, and `output + 2 · margin` is an input that fits (94 for the paper's, of which the
 * last 2 px are cropped).
 */
export function marginPx(spec: Geometry): number {
  const multiple = poolingMultiple(spec);
  if (spec.padding === 'same') return Math.ceil(receptiveRadiusPx(spec) / multiple) * multiple;
  let margin = validBorderPx(spec);
  while ((2 * margin - inputRemainder(spec)) % multiple !== 0) margin += 1;
  return margin;
}

/** Remainder of every input side modulo 2^depth that keeps all pooling inputs even: 12 of 16 for the paper's, 0 for `same`. */
function inputRemainder(spec: Geometry): number {
  if (spec.padding === 'same') return 0;
  // Backwards from the bottom: a pooled side s comes from an even 2s, and two convolutions took 4.
  let remainder = 0;
  for (let level = spec.depth; level > 0; level -= 1) remainder = 2 * remainder + 4;
  return remainder % poolingMultiple(spec);
}

/** Smallest side of an input, px. */
function smallestInput(spec: Geometry): number {
  const multiple = poolingMultiple(spec);
  if (spec.padding === 'same') return multiple;
  const least = 2 * validBorderPx(spec) + 1;
  return least + ((((inputRemainder(spec) - least) % multiple) + multiple) % multiple);
}

/** Smallest side that the network takes and that is at least `sidePx`. */
export function inputSideFor(spec: Geometry, sidePx: number): number {
  const smallest = smallestInput(spec);
  const multiple = poolingMultiple(spec);
  return smallest + Math.max(0, Math.ceil((sidePx - smallest) / multiple)) * multiple;
}

/** Side of the network's output. Throws `InvalidInput` for an input side that does not fit, and names one that does. */
export function outputSideOf(spec: Geometry, inputSidePx: number): number {
  const fitting = inputSideFor(spec, inputSidePx);
  if (fitting !== inputSidePx) {
    throw new LimnError(
      'InvalidInput',
      `A tile side of ${inputSidePx} px does not fit a ${spec.padding} U-Net of depth ${spec.depth}; choose ${fitting} px.`,
      { fields: { sidePx: inputSidePx, fittingPx: fitting } },
    );
  }
  return inputSidePx - 2 * validBorderPx(spec);
}
