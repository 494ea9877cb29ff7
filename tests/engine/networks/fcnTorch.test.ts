/** The nine fully convolutional networks against the same networks in PyTorch: logits, loss and every gradient. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { emitGradients } from '../../../app/engine/graph/gradients.ts';
import { Graph } from '../../../app/engine/graph/graph.ts';
import { weightedCrossEntropy } from '../../../app/engine/graph/ops/weightedCrossEntropy.ts';
import type { FcnSpec } from '../../../app/engine/modelDescription.ts';
import { emitFcn } from '../../../app/engine/networks/fcn.ts';
import { sidesOf } from '../../../app/engine/networks/fcnGeometry.ts';
import { listWeights, weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { largestDifference, runGraph, wave } from '../graph/runGraph.ts';

const PYTHON = '/usr/bin/python3';
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

interface PeerAnswer {
  logits: number[];
  loss: number;
  gradients: Record<string, number[]>;
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

for (const backbone of ['alexnet', 'vgg16', 'googlenet'] as const) {
  for (const finestStride of [32, 16, 8] as const) {
    test(`FCN-${finestStride}s on ${backbone}: logits, loss and gradients are PyTorch's`, async (t) => {
      if (!hasTorch) return t.skip(`${PYTHON} has no PyTorch to compare with`);
      const spec: FcnSpec = {
        kind: 'fcn',
        backbone,
        finestStride,
        baseFilters: 4,
        inputChannels: 2,
        classes: 3,
        dropout: 0,
      };
      const { input, output } = sidesOf(spec, 2);
      const graph = new Graph();
      const image = graph.input('image', 'float32', [1, 2, input, input]);
      const { scope } = listWeights(graph);
      const logits = emitFcn(scope, spec, image);
      const target = graph.input('target', 'uint8', [1, 1, output, output]);
      const weight = graph.input('weight', 'float32', [1, 1, output, output]);
      const loss = weightedCrossEntropy(graph, logits, target, weight);
      const { parameters } = weightsOfNetwork(spec);
      const variables = parameters.map(({ name }) => graph.inputs.find((value) => value.name === name)!);
      for (const [index, gradient] of emitGradients(graph, loss, variables).entries())
        graph.output(`gradient ${parameters[index]!.name}`, gradient!);
      graph.output('logits', logits);
      graph.output('loss', loss);

      const weights = initialiseParameters(parameters, 11);
      for (const [index, { name, role, initial }] of parameters.entries()) {
        const values = weights.get(name)!;
        const moved = wave(values.length, index);
        // Scores start at 0 and biases too: with both everything before them would have no gradient.
        const size = role === 'bias' ? 0.05 : initial === 'zeros' ? 0.3 : initial === 'bilinear' ? 0.1 : 0;
        for (const i of values.keys()) values[i]! += size * moved[i]!;
      }
      const pixels = output * output;
      const feeds = {
        image: wave(2 * input * input, 2),
        target: Uint8Array.from({ length: pixels }, (_, i) => (i * 7 + (i >> 5)) % 4),
        weight: Float32Array.from({ length: pixels }, (_, i) => 0.5 + (i % 5) / 4),
      };
      const ours = await runGraph(graph, { ...Object.fromEntries(weights), ...feeds });

      const job = {
        backbone,
        stride: finestStride,
        weights: Object.fromEntries(
          parameters.map(({ name, shape }) => [name, [shape, [...weights.get(name)!]]]),
        ),
        image: [...feeds.image],
        imageShape: [1, 2, input, input],
        // What is unlabelled here weighs nothing there.
        target: [...feeds.target].map((value) => Math.max(0, value - 1)),
        weight: [...feeds.weight].map((value, i) => (feeds.target[i] === 0 ? 0 : value)),
        outputSide: output,
      };
      const script = join(import.meta.dirname, 'fcn_torch.py');
      const { stdout, stderr } = spawnSync(PYTHON, [script], {
        input: JSON.stringify(job),
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
      });
      assert.notEqual(stdout, '', stderr);
      const theirs = JSON.parse(stdout) as PeerAnswer;
      const scale = largest(theirs.logits);
      assert.ok(scale > 1e-3, 'the logits vary');
      assert.ok(largestDifference(ours['logits']!, theirs.logits) < 1e-4 * Math.max(1, scale));
      assert.ok(Math.abs(ours['loss']![0]! - theirs.loss) < 1e-5);
      for (const { name } of parameters) {
        const expected = theirs.gradients[name]!;
        const difference = largestDifference(ours[`gradient ${name}`]!, expected);
        assert.ok(
          difference < 1e-3 * largest(expected) + 1e-7,
          `${name} differs by ${difference} of ${largest(expected)}`,
        );
      }
      return undefined;
    });
  }
}
