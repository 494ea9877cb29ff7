/** Exported models: any image size, equal to the predictor on mirrored input, in our runtime and in Python's. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sizeOf } from '../../app/engine/graph/value.ts';
import type {
  Backbone,
  InputNormalisation,
  ModelDescription,
  NetworkSpec,
  UnetSpec,
} from '../../app/engine/modelDescription.ts';
import { exportModel, readModel } from '../../app/engine/modelFile.ts';
import { weightsOfNetwork } from '../../app/engine/networks/listWeights.ts';
import { createSession, Tensor } from '../../app/engine/runtime/ort.ts';
import { Predictor } from '../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { isLimnError } from '../../app/errors.ts';
import { applyClassOffsets } from '../../app/science/classOffsets.ts';
import { normalisationOf } from '../../app/science/normalise.ts';
import { extractTile } from '../../app/science/tiling.ts';
import { largestDifference, wave } from './graph/runGraph.ts';

const CHANNELS = 2;
const CLASSES = 3;

function describe(
  padding: UnetSpec['padding'],
  normalisation: UnetSpec['normalisation'],
  inputNormalisation: InputNormalisation,
  mirrorAveraging: boolean,
): ModelDescription {
  return {
    formatVersion: 1,
    network: {
      kind: 'unet',
      padding,
      depth: 2,
      baseFilters: 3,
      inputChannels: CHANNELS,
      classes: CLASSES,
      normalisation,
      dropout: 0.5,
    },
    classNames: ['background', 'nucleus', 'membrane'],
    classKinds: ['background', 'thing', 'stuff'],
    inputNormalisation,
    channels: [0, 1],
    pixelSizeUm: 0.5,
    mirrorAveraging,
    instances: { threshold: 0.5, seedDistancePx: 1, minimumSizePx: 4, fillHoles: true, growPx: 1 },
    training: { preset: 'fast', seed: 3, images: ['a', 'b'], device: null },
  };
}

/** The same model with another network, whose scores are drawn instead of zero. */
function describeWith(
  kind:
    | { kind: 'fcn'; backbone: Backbone; finestStride: 32 | 16 | 8 }
    | { kind: 'patch-classifier'; evaluation: 'shift-and-stitch' },
): { description: ModelDescription; weights: Map<string, Float32Array> } {
  const network: NetworkSpec = {
    ...kind,
    baseFilters: 4,
    inputChannels: CHANNELS,
    classes: CLASSES,
    dropout: 0.5,
  };
  const weights = weightsFor(network);
  for (const [name, data] of weights)
    if (/^score.*kernel/.test(name)) weights.set(name, wave(data.length, name.length));
  return { description: { ...describe('same', 'none', 'z-score', true), network }, weights };
}

function weightsFor(network: NetworkSpec): Map<string, Float32Array> {
  const { parameters, running } = weightsOfNetwork(network);
  const weights = initialiseParameters(parameters, 5);
  for (const { name, shape, initial } of running)
    weights.set(
      name,
      wave(sizeOf(shape), 8).map((v) => 0.3 * v + (initial === 'ones' ? 1 : 0)),
    );
  return weights;
}

/** Raw values around the given level, two channels. */
function rawImage(height: number, width: number, level: number): Float32Array {
  return wave(CHANNELS * height * width, height * 100 + width).map((value) =>
    Math.fround(level * (1 + 0.5 * value)),
  );
}

async function predictMirrored(
  predictor: Predictor,
  mode: InputNormalisation,
  raw: Float32Array,
  y: number,
  x: number,
): Promise<Float32Array> {
  const input = predictor.inputShapeFor({ y, x });
  const image = new Float32Array(CHANNELS * input.y * input.x);
  for (let c = 0; c < CHANNELS; c += 1) {
    const plane = raw.subarray(c * y * x, (c + 1) * y * x);
    const start = { y: -predictor.margin, x: -predictor.margin };
    extractTile(plane, { y, x }, start, input, normalisationOf(plane, mode), image, c * input.y * input.x);
  }
  const output = predictor.outputShapeOf(input);
  const all = await predictor.run(image, input);
  const cropped = new Float32Array(CLASSES * y * x);
  for (let row = 0; row < CLASSES * y; row += 1) {
    const from = (Math.floor(row / y) * output.y + (row % y)) * output.x;
    cropped.set(all.subarray(from, from + x), row * x);
  }
  return cropped;
}

const SIZES = [
  [1, 1],
  [1, 7],
  [3, 50],
  [37, 41],
  [64, 64],
] as const;
const variants = [
  ['same', 'none', 'percentile', true, 1000],
  ['same', 'batch', 'z-score', false, 40000],
  ['valid', 'none', 'min-max', false, 120],
  ['valid', 'batch', 'percentile', true, 3],
  ['same', 'none', 'none', false, 1],
  ['same', 'instance', 'z-score', false, 500],
  ['same', 'group', 'z-score', false, 500],
] as const;

for (const [padding, normalisation, inputNormalisation, mirrorAveraging, level] of variants) {
  const title = `${padding}, ${normalisation}, ${inputNormalisation}${mirrorAveraging ? ', mirror averaging' : ''}`;
  test(`the exported model equals the predictor on mirrored input for any size: ${title}`, async () => {
    const description = describe(padding, normalisation, inputNormalisation, mirrorAveraging);
    const weights = weightsFor(description.network);
    const session = await createSession(exportModel(description, weights), { device: 'cpu', threads: 1 });
    const predictor = await Predictor.create(description.network, weights, {
      device: 'cpu',
      threads: 1,
      mirrorAveraging,
    });
    for (const [y, x] of SIZES) {
      // One pixel has no variance under instance normalisation; the padded plane is then flat too.
      const raw = rawImage(y, x, level);
      const { probabilities } = await session.run({ image: new Tensor('float32', raw, [1, CHANNELS, y, x]) });
      assert.deepEqual(probabilities!.dims, [1, CLASSES, y, x]);
      const expected = await predictMirrored(predictor, inputNormalisation, raw, y, x);
      const difference = largestDifference((probabilities as Tensor).data as Float32Array, expected);
      assert.ok(difference < 1e-5, `${y} × ${x} differs by ${difference}`);
    }
    await session.release();
    await predictor.dispose();
  });
}

test('description and weights come back from the file', () => {
  const description = {
    ...describe('valid', 'batch', 'percentile', true),
    classOffsets: Array.from({ length: CLASSES }, (_, k) => k / 4),
  };
  const weights = weightsFor(description.network);
  const back = readModel(exportModel(description, weights));
  assert.deepEqual(back.description, description);
  assert.deepEqual(back.weights, weights);
});

test('class offsets change the exported probabilities as they change those of the network', async () => {
  const description = describe('same', 'batch', 'z-score', false);
  const weights = weightsFor(description.network);
  const offsets = Array.from({ length: CLASSES }, (_, k) => 0.7 * k);
  const raw = rawImage(24, 20, 100);
  const run = async (bytes: Uint8Array): Promise<Float32Array> => {
    const session = await createSession(bytes, { device: 'cpu', threads: 1 });
    const { probabilities } = await session.run({ image: new Tensor('float32', raw, [1, CHANNELS, 24, 20]) });
    await session.release();
    return (probabilities as Tensor).data as Float32Array;
  };
  const expected = (await run(exportModel(description, weights))).slice(24 * 20);
  applyClassOffsets(expected, offsets);
  const found = (await run(exportModel({ ...description, classOffsets: offsets }, weights))).slice(24 * 20);
  assert.ok(largestDifference(found, expected) < 1e-5);
  assert.throws(
    () => exportModel({ ...description, classOffsets: [0] }, weights),
    (error) => isLimnError(error, 'InvalidInput'),
  );
});

test('files that are no Limn model are refused with the name of the file', () => {
  const bytes = exportModel(
    describe('same', 'none', 'none', false),
    weightsFor(describe('same', 'none', 'none', false).network),
  );
  const refused = (data: Uint8Array, tag: 'CorruptFile' | 'UnsupportedFormat'): void => {
    assert.throws(
      () => readModel(data, 'm.onnx'),
      (error) => isLimnError(error, tag) && error.message.includes('m.onnx'),
    );
  };
  refused(bytes.subarray(0, bytes.length >> 1), 'CorruptFile');
  refused(new TextEncoder().encode('hello'), 'CorruptFile');
  const key = new TextDecoder('latin1').decode(bytes).lastIndexOf('"formatVersion":1');
  const newer = bytes.slice();
  newer[key + '"formatVersion":'.length] = '9'.charCodeAt(0);
  refused(newer, 'UnsupportedFormat');
});

const PYTHON = process.env['LIMN_PYTHON'] ?? 'python3';
const PYTHON_SCRIPT = `
import sys, numpy, onnxruntime
folder, sizes = sys.argv[1], sys.argv[2].split(',')
session = onnxruntime.InferenceSession(folder + '/model.onnx')
for size in sizes:
    y, x = map(int, size.split('x'))
    image = numpy.fromfile(f'{folder}/{size}.raw', '<f4').reshape(1, ${CHANNELS}, y, x)
    session.run(None, {'image': image})[0].astype('<f4').tofile(f'{folder}/{size}.out')
`;

test('an exported FCN or patch classifier equals the predictor on mirrored input, here and in Python', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'limn-model-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const python = spawnSync(PYTHON, ['-c', 'import onnxruntime, numpy']).status === 0;
  const [y, x] = [37, 41];
  for (const kind of [
    { kind: 'fcn', backbone: 'alexnet', finestStride: 16 },
    { kind: 'fcn', backbone: 'vgg16', finestStride: 8 },
    { kind: 'fcn', backbone: 'googlenet', finestStride: 32 },
    { kind: 'patch-classifier', evaluation: 'shift-and-stitch' },
  ] as const) {
    const title = Object.values(kind).join(' ');
    const { description, weights } = describeWith(kind);
    const bytes = exportModel(description, weights);
    assert.deepEqual(readModel(bytes), { description, weights });
    const options = { device: 'cpu', threads: 1, mirrorAveraging: true } as const;
    const predictor = await Predictor.create(description.network, weights, options);
    const raw = rawImage(y, x, 300);
    const expected = await predictMirrored(predictor, 'z-score', raw, y, x);
    await predictor.dispose();
    assert.ok(Math.max(...expected) - Math.min(...expected) > 1e-3, 'the probabilities vary');
    const session = await createSession(bytes, { device: 'cpu', threads: 1 });
    const { probabilities } = await session.run({ image: new Tensor('float32', raw, [1, CHANNELS, y, x]) });
    await session.release();
    const found = (probabilities as Tensor).data as Float32Array;
    assert.ok(largestDifference(found, expected) < 1e-5, `${title} differs`);
    if (!python) continue;
    writeFileSync(join(folder, 'model.onnx'), bytes);
    writeFileSync(join(folder, `${y}x${x}.raw`), raw);
    const run = spawnSync(PYTHON, ['-c', PYTHON_SCRIPT, folder, `${y}x${x}`], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const bytesOut = Uint8Array.from(readFileSync(join(folder, `${y}x${x}.out`)));
    assert.ok(largestDifference(new Float32Array(bytesOut.buffer), expected) < 1e-5, `${title} in Python`);
  }
  if (!python) t.diagnostic(`${PYTHON} has no onnxruntime; name one that has in LIMN_PYTHON`);
});

test('the exported model gives the same in Python', async (t) => {
  if (spawnSync(PYTHON, ['-c', 'import onnxruntime, numpy']).status !== 0) {
    t.skip(`${PYTHON} has no onnxruntime; name one that has in LIMN_PYTHON`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'limn-model-'));
  try {
    for (const [padding, normalisation, inputNormalisation, mirrorAveraging, level] of variants) {
      const description = describe(padding, normalisation, inputNormalisation, mirrorAveraging);
      const weights = weightsFor(description.network);
      writeFileSync(join(folder, 'model.onnx'), exportModel(description, weights));
      const names = SIZES.map(([y, x]) => `${y}x${x}`);
      for (const [index, [y, x]] of SIZES.entries())
        writeFileSync(join(folder, `${names[index]}.raw`), rawImage(y, x, level));
      const run = spawnSync(PYTHON, ['-c', PYTHON_SCRIPT, folder, names.join()], { encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      const predictor = await Predictor.create(description.network, weights, {
        device: 'cpu',
        threads: 1,
        mirrorAveraging,
      });
      for (const [index, [y, x]] of SIZES.entries()) {
        const out = new Float32Array(
          Uint8Array.from(readFileSync(join(folder, `${names[index]}.out`))).buffer,
        );
        const expected = await predictMirrored(predictor, inputNormalisation, rawImage(y, x, level), y, x);
        assert.ok(largestDifference(out, expected) < 1e-5, `${padding} ${inputNormalisation} ${y} × ${x}`);
      }
      await predictor.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
