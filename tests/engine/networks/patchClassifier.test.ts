/** The patch classifier: the published planes, and one map by sliding windows and by shift-and-stitch. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { sizeOf } from '../../../app/engine/graph/value.ts';
import type { ModelDescription, PatchClassifierSpec } from '../../../app/engine/modelDescription.ts';
import { listWeights, weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import {
  inputSideFor,
  networkForPrediction,
  outputSideOf,
} from '../../../app/engine/networks/networkKinds.ts';
import { emitPatchClassifier } from '../../../app/engine/networks/patchClassifier.ts';
import { predictPlane } from '../../../app/engine/prediction/predictPlane.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../../app/science/instances.ts';
import { largestDifference, project, runGraph, wave } from '../graph/runGraph.ts';

const window: PatchClassifierSpec = {
  kind: 'patch-classifier',
  evaluation: 'sliding-window',
  baseFilters: 3,
  inputChannels: 1,
  classes: 3,
  dropout: 0,
};
const stitched = networkForPrediction(window) as PatchClassifierSpec;

function build(spec: PatchClassifierSpec, side: number): { graph: Graph; shapes: string[] } {
  const graph = new Graph();
  const image = graph.input('image', 'float32', [1, spec.inputChannels, side, side]);
  graph.output('logits', emitPatchClassifier(listWeights(graph).scope, spec, image));
  const shapes = graph.nodes
    .filter(({ opType }) => opType === 'Conv' || opType === 'MaxPool')
    .map(({ outputs }) => outputs[0]!);
  const outputs = graph.applications.flatMap((application) => [...application.outputs]);
  return {
    graph,
    shapes: shapes.map((name) =>
      outputs
        .find((o) => o.name === name)!
        .shape.slice(1)
        .join('×'),
    ),
  };
}

test('the window has the planes of the published network N4', () => {
  assert.deepEqual(build({ ...window, baseFilters: 48, classes: 2 }, 95).shapes, [
    '48×92×92',
    '48×46×46',
    '48×42×42',
    '48×21×21',
    '48×18×18',
    '48×9×9',
    '48×6×6',
    '48×3×3',
    '200×1×1',
    '2×1×1',
  ]);
});

test('sizes: windows are 95 px; shift-and-stitch takes any multiple of 16 and 94 px more', () => {
  assert.deepEqual([outputSideOf(window, 95), inputSideFor(window, 20)], [1, 95]);
  assert.throws(() => inputSideFor(window, 96), /choose 95 px/);
  for (const [wanted, side] of [
    [1, 110],
    [110, 110],
    [111, 126],
    [606, 606],
  ] as const) {
    assert.equal(inputSideFor(stitched, wanted), side);
    assert.equal(outputSideOf(stitched, side), side - 94);
  }
  assert.throws(() => outputSideOf(stitched, 95), /choose 110 px/);
});

test('sliding windows and shift-and-stitch give the same map', async () => {
  const weights = initialiseParameters(weightsOfNetwork(window).parameters, 4);
  const shape = { y: 19, x: 23 };
  const plane = { shape, channels: [wave(shape.y * shape.x, 6)] };
  const mapOf = async (network: PatchClassifierSpec, tileSidePx: number): Promise<Float32Array> => {
    const description: ModelDescription = {
      formatVersion: 1,
      network,
      classNames: ['background', 'a', 'b'],
      classKinds: ['background', 'thing', 'thing'],
      inputNormalisation: 'none',
      channels: [0],
      pixelSizeUm: null,
      mirrorAveraging: false,
      instances: { ...DEFAULT_INSTANCE_PARAMETERS },
      training: {},
    };
    const predictor = await Predictor.create(network, weights, { device: 'cpu', threads: 1 });
    const map = await predictPlane(predictor, description, plane, { tileSidePx });
    await predictor.dispose();
    return map;
  };
  const slid = await mapOf(window, 1);
  assert.ok(Math.max(...slid) - Math.min(...slid) > 1e-3, 'the map varies');
  assert.ok(largestDifference(await mapOf(stitched, 32), slid) < 1e-5, 'in one tile');
  assert.ok(largestDifference(await mapOf(stitched, 16), slid) < 1e-5, 'in tiles');
});

test('training on all windows of a tile has the gradient of training on each', async () => {
  const weights = initialiseParameters(weightsOfNetwork(window).parameters, 4);
  const image = wave(110 * 110, 2);
  const gradientsOf = async (spec: PatchClassifierSpec, pixels: Float32Array, direction: Float32Array) => {
    const graph = new Graph();
    const { scope, parameters } = listWeights(graph);
    const side = Math.sqrt(pixels.length);
    const logits = emitPatchClassifier(scope, spec, graph.input('image', 'float32', [1, 1, side, side]));
    const values = parameters.map(({ name }) => graph.inputs.find((input) => input.name === name)!);
    const { loss } = project(graph, logits);
    for (const [index, gradient] of emitGradients(graph, loss, values).entries())
      graph.output(`gradient ${parameters[index]!.name}`, gradient!);
    return runGraph(graph, { ...Object.fromEntries(weights), image: pixels, direction });
  };
  // Two pixels of the tile's 16 × 16, of different fragments.
  const direction = new Float32Array(3 * 256);
  const summed = new Map<string, Float32Array>();
  for (const [y, x] of [
    [2, 5],
    [11, 14],
  ] as const) {
    const own = Float32Array.of(0.5, -1, 2);
    for (const [k, value] of own.entries()) direction[(k * 16 + y) * 16 + x] = value;
    const patch = new Float32Array(95 * 95);
    for (let row = 0; row < 95; row += 1)
      patch.set(image.subarray((y + row) * 110 + x, (y + row) * 110 + x + 95), row * 95);
    for (const [name, gradient] of Object.entries(await gradientsOf(window, patch, own))) {
      const sum = summed.get(name) ?? new Float32Array(gradient.length);
      summed.set(
        name,
        sum.map((value, i) => value + gradient[i]!),
      );
    }
  }
  const whole = await gradientsOf(stitched, image, direction);
  assert.equal(summed.size, 12);
  for (const [name, expected] of summed) {
    const scale = Math.max(1, ...expected.map(Math.abs));
    assert.ok(largestDifference(whole[name]!, expected) / scale < 1e-4, name);
  }
});

test('both evaluations have the same weights', () => {
  const sizes = (spec: PatchClassifierSpec): string[] =>
    weightsOfNetwork(spec).parameters.map(({ name, shape }) => `${name} ${sizeOf(shape)}`);
  assert.deepEqual(sizes(window), sizes(stitched));
});
