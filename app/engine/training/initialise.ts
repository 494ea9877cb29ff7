/** Where a run starts: He-initialised weights and fresh state; and which of a run's tensors predict. */

import { LimnError } from '../../errors.ts';
import { createRandom } from '../../science/random.ts';
import { linearTaps } from '../graph/ops/transposedConv2d.ts';
import { sizeOf } from '../graph/value.ts';
import type { ParameterSpec } from '../networks/networkScope.ts';
import { averageName, type StateSpec } from '../optimisers/optimiserSpec.ts';

/** Sets these draws apart from others of the same seed. */
const STREAM = 0x1e17;

/**
 * Gaussian kernels of standard deviation √(2 / fan-in) (He et al. 2015, SCIENCE.md) where the network does not say zeros or
 * bilinear interpolation, biases and shifts 0, scales 1.
 * A function of the seed and each parameter's position only.
 */
export function initialiseParameters(
  parameters: readonly ParameterSpec[],
  seed: number,
): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [index, { name, shape, role, fanIn, initial }] of parameters.entries()) {
    const data = new Float32Array(sizeOf(shape));
    if (role === 'scale') data.fill(1);
    if (initial === 'bilinear') fillBilinear(data, shape);
    else if (role === 'kernel' && initial !== 'zeros') {
      const random = createRandom(seed, STREAM, index);
      const deviation = Math.sqrt(2 / fanIn);
      for (let i = 0; i < data.length; i += 1) data[i] = random.normal() * deviation;
    }
    weights.set(name, data);
  }
  return weights;
}

/** Each [side, side] plane of a kernel as the product of two triangles of half-width ⌈side / 2⌉. */
function fillBilinear(data: Float32Array, shape: readonly number[]): void {
  const side = shape.at(-1)!;
  const taps = linearTaps(Math.ceil(side / 2), side);
  for (let i = 0; i < data.length; i += 1) data[i] = taps[Math.floor(i / side) % side]! * taps[i % side]!;
}

/** A full state: the given tensors, and for those of `state` that are missing their initial values. Given arrays are not copied. */
export function completeState(
  state: readonly StateSpec[],
  tensors: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const complete = new Map(tensors);
  for (const { name, shape, initial, parameter } of state) {
    if (complete.has(name)) continue;
    const source = initial === 'parameter' && parameter !== undefined ? tensors.get(parameter) : undefined;
    complete.set(name, source?.slice() ?? new Float32Array(sizeOf(shape)).fill(initial === 'ones' ? 1 : 0));
  }
  return complete;
}

/**
 * A full state in the model's order, each tensor checked against its shape, in arrays of its own: copies, unless given.
 * @throws InvalidInput where a weight is missing or of another size
 */
export function fittingState(
  model: { readonly parameters: readonly ParameterSpec[]; readonly state: readonly StateSpec[] },
  tensors: ReadonlyMap<string, Float32Array>,
  given = false,
): { name: string; shape: readonly number[]; data: Float32Array }[] {
  const complete = completeState(model.state, tensors);
  return [...model.parameters, ...model.state].map(({ name, shape }) => {
    const data = complete.get(name);
    // What was begun afresh is nobody else's: a second copy of it would be hundreds of MB.
    if (data?.length === sizeOf(shape))
      return { name, shape, data: !given && data === tensors.get(name) ? data.slice() : data };
    throw new LimnError(
      'InvalidInput',
      `The weights do not fit the network: ${name} is missing or of another size; start from scratch.`,
      { fields: { name } },
    );
  });
}

/** The tensors that predict, under the network's names: the moving averages where they are kept, and running statistics. */
export function predictingWeights(
  model: { readonly parameters: readonly ParameterSpec[]; readonly state: readonly StateSpec[] },
  tensors: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const { name } of model.parameters) {
    const tensor = tensors.get(averageName(name)) ?? tensors.get(name);
    if (tensor !== undefined) weights.set(name, tensor);
  }
  for (const { name, role } of model.state) {
    const tensor = role === 'running' ? tensors.get(name) : undefined;
    if (tensor !== undefined) weights.set(name, tensor);
  }
  return weights;
}
