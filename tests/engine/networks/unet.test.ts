/** The U-Net's figures from the paper, and its geometry for any depth. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { sizeOf } from '../../../app/engine/graph/value.ts';
import type { UnetSpec } from '../../../app/engine/modelDescription.ts';
import { listWeights, weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import { emitUnet } from '../../../app/engine/networks/unet.ts';
import {
  inputSideFor,
  marginPx,
  outputSideOf,
  poolingMultiple,
  receptiveRadiusPx,
  validBorderPx,
} from '../../../app/engine/networks/unetGeometry.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { wave } from '../graph/runGraph.ts';

const paper: UnetSpec = {
  kind: 'unet',
  padding: 'valid',
  depth: 4,
  baseFilters: 64,
  inputChannels: 1,
  classes: 2,
  normalisation: 'none',
  dropout: 0.5,
};

test('the paper network: 31,030,658 parameters, 23 convolutional layers, 572² → 388²', () => {
  const { parameters } = weightsOfNetwork(paper);
  assert.equal(
    parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    31_030_658,
  );
  assert.equal(parameters.filter(({ role }) => role === 'kernel').length, 23);
  assert.equal(parameters.find(({ name }) => name === 'bottom.convolution2.kernel')!.shape[0], 1024);
  const graph = new Graph();
  const logits = emitUnet(listWeights(graph).scope, paper, graph.input('image', 'float32', [1, 1, 572, 572]));
  assert.deepEqual(logits.shape, [1, 2, 388, 388]);
  assert.equal(graph.nodes.filter(({ opType }) => opType === 'Relu').length, 18);
});

test('the paper network takes 188 → 4 at least, then steps of 16, and its margin keeps tiles on the pooling grid', () => {
  assert.equal(validBorderPx(paper), 92);
  assert.equal(inputSideFor(paper, 1), 188);
  assert.equal(outputSideOf(paper, 188), 4);
  assert.equal(outputSideOf(paper, 572), 388);
  assert.equal(inputSideFor(paper, 189), 204);
  assert.throws(() => outputSideOf(paper, 570), /572/);
  assert.equal(marginPx(paper), 94);
});

test('for any depth the sizes that fit are those that the network can be built for, and output + 2 · margin fits', () => {
  for (const padding of ['valid', 'same'] as const) {
    for (const depth of [1, 2, 3, 4, 5]) {
      const spec: UnetSpec = { ...paper, padding, depth, baseFilters: 1 };
      const smallest = inputSideFor(spec, 1);
      for (const side of [smallest, smallest + 1, smallest + 2, smallest + 2 ** depth]) {
        const graph = new Graph();
        const build = (): number =>
          emitUnet(listWeights(graph).scope, spec, graph.input('image', 'float32', [1, 1, side, side]))
            .shape[2]!;
        if (inputSideFor(spec, side) === side) assert.equal(build(), outputSideOf(spec, side));
        else assert.throws(build);
      }
      const multiple = poolingMultiple(spec);
      for (const output of [multiple, 5 * multiple]) {
        const input = output + 2 * marginPx(spec);
        assert.equal(inputSideFor(spec, input), input);
      }
      assert.ok(marginPx(spec) >= (padding === 'same' ? receptiveRadiusPx(spec) : validBorderPx(spec)));
    }
  }
});

for (const padding of ['valid', 'same'] as const) {
  test(`tiles of a ${padding} network equal the whole image's prediction to 1e-5`, async () => {
    const spec: UnetSpec = {
      ...paper,
      padding,
      depth: 2,
      baseFilters: 4,
      classes: 3,
      normalisation: 'batch',
    };
    const { parameters, running } = weightsOfNetwork(spec);
    const weights = initialiseParameters(parameters, 1);
    for (const { name, shape, initial } of running)
      weights.set(
        name,
        wave(sizeOf(shape), 4).map((v) => 0.2 * v + (initial === 'ones' ? 1 : 0)),
      );
    const predictor = await Predictor.create(spec, weights, {
      device: 'cpu',
      threads: 1,
      mirrorAveraging: true,
    });
    const { margin, multiple } = predictor;
    const side = 12 * multiple + 2 * margin;
    const image = wave(side * side, 9);
    const whole = await predictor.run(image, { y: side, x: side });
    const wholeSide = side - 2 * margin;
    const tileOutput = 4 * multiple;
    const tileInput = { y: tileOutput + 2 * margin, x: tileOutput + 2 * margin };
    assert.deepEqual(predictor.inputShapeFor({ y: tileOutput, x: tileOutput }), tileInput);
    for (const [y0, x0] of [
      [0, 0],
      [4 * multiple, 8 * multiple],
      [multiple, 3 * multiple],
    ] as const) {
      const tile = new Float32Array(tileInput.y * tileInput.x);
      for (let y = 0; y < tileInput.y; y += 1) {
        tile.set(image.subarray((y0 + y) * side + x0, (y0 + y) * side + x0 + tileInput.x), y * tileInput.x);
      }
      const part = await predictor.run(tile, tileInput);
      let worst = 0;
      for (let k = 0; k < 3; k += 1) {
        for (let y = 0; y < tileOutput; y += 1) {
          for (let x = 0; x < tileOutput; x += 1) {
            const expected = whole[(k * wholeSide + y0 + y) * wholeSide + x0 + x]!;
            worst = Math.max(worst, Math.abs(part[(k * tileOutput + y) * tileOutput + x]! - expected));
          }
        }
      }
      assert.ok(worst < 1e-5, `tile at ${y0}, ${x0} differs by ${worst}`);
    }
    await predictor.dispose();
  });
}
