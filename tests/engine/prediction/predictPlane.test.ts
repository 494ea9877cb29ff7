import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelDescription, NetworkSpec } from '../../../app/engine/modelDescription.ts';
import { exportModel, readModel } from '../../../app/engine/modelFile.ts';
import { weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import { predictPlane, tileSideFor } from '../../../app/engine/prediction/predictPlane.ts';
import { createSession, Tensor } from '../../../app/engine/runtime/ort.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../../app/science/instances.ts';
import { createRandom } from '../../../app/science/random.ts';

const CPU = { device: 'cpu', threads: 1 } as const;

function describe(network: NetworkSpec, mirrorAveraging: boolean): ModelDescription {
  return {
    formatVersion: 1,
    network,
    classNames: ['background', 'a', 'b'],
    classKinds: ['background', 'thing', 'stuff'],
    inputNormalisation: 'percentile',
    channels: [0, 1],
    pixelSizeUm: null,
    mirrorAveraging,
    instances: { ...DEFAULT_INSTANCE_PARAMETERS },
    training: {},
  };
}

/** Weights with some spread everywhere, running statistics included, so that every layer matters. */
function weightsFor(network: NetworkSpec): Map<string, Float32Array> {
  const { parameters, running } = weightsOfNetwork(network);
  const weights = initialiseParameters(parameters, 5);
  for (const [i, { name, shape }] of running.entries()) {
    const random = createRandom(9, i);
    weights.set(
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
        name.includes('ariance') ? 0.5 + random.next() : 0.1 * random.next(),
      ),
    );
  }
  for (const [name, values] of weights) {
    if (values.every((value) => value === 0))
      weights.set(
        name,
        values.map((_, i) => 0.05 * Math.sin(i + 1)),
      );
  }
  return weights;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

for (const padding of ['valid', 'same'] as const) {
  for (const mirrorAveraging of [false, true]) {
    test(`${padding}${mirrorAveraging ? ', mirror averaged' : ''}: tiles of any size give what the exported model gives for the whole image`, async () => {
      const network: NetworkSpec = {
        kind: 'unet',
        padding,
        depth: 2,
        baseFilters: 6,
        inputChannels: 2,
        classes: 3,
        normalisation: 'batch',
        dropout: 0.5,
      };
      const description = describe(network, mirrorAveraging);
      const weights = weightsFor(network);
      const shape = { y: 45, x: 70 };
      const random = createRandom(1);
      const channels = [0, 1].map((c) =>
        Uint16Array.from(
          { length: shape.y * shape.x },
          (_, i) => 400 + 300 * Math.sin(i / (7 + c)) + 100 * random.next(),
        ),
      );
      const predictor = await Predictor.create(network, weights, { ...CPU, mirrorAveraging });
      const whole = await predictPlane(predictor, description, { channels, shape }, { tileSidePx: 512 });
      for (const tileSidePx of [4, 16, 30]) {
        const tiled = await predictPlane(predictor, description, { channels, shape }, { tileSidePx });
        assert.ok(
          largestDifference(tiled, whole) < 1e-5,
          `tiles of ${tileSidePx}: ${largestDifference(tiled, whole)}`,
        );
      }
      await predictor.dispose();

      const bytes = exportModel(description, weights);
      const session = await createSession(bytes, CPU);
      const image = Float32Array.from(channels.flatMap((channel) => [...channel]));
      const { probabilities } = await session.run({
        image: new Tensor('float32', image, [1, 2, shape.y, shape.x]),
      });
      const all = (probabilities as Tensor).data as Float32Array;
      assert.ok(largestDifference(all.slice(shape.y * shape.x), whole) < 1e-5);
      assert.ok(
        largestDifference(whole, new Float32Array(whole.length).fill(1 / 3)) > 0.01,
        'the network says something',
      );
      await session.release();
      assert.deepEqual(readModel(bytes).description, description);
    });
  }
}

test('the tile gets smaller with the memory and wider networks, within its limits', () => {
  const network: NetworkSpec = {
    kind: 'unet',
    padding: 'same',
    depth: 4,
    baseFilters: 16,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0,
  };
  const sides = [2 ** 28, 2 ** 30, 2 ** 32, 2 ** 34].map((bytes) => tileSideFor(network, bytes));
  assert.deepEqual(
    sides,
    [...sides].sort((a, b) => a - b),
  );
  assert.ok(sides[0]! >= 128 && sides.at(-1)! <= 1024);
  assert.ok(tileSideFor({ ...network, baseFilters: 64 }, 2 ** 32) < tileSideFor(network, 2 ** 32));
});
