import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { exportModel as modelBytes } from '../../app/engine/modelFile.ts';
import { weightsOfNetwork } from '../../app/engine/networks/listWeights.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { isLimnError } from '../../app/errors.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../app/science/instances.ts';
import { segmentFiles } from '../../app/services/predictionService.ts';
import { SIDE, testFolder, writeImages } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

/** A Limn model with weights as drawn. */
function writeModel(path: string): void {
  const network = {
    kind: 'unet',
    padding: 'same',
    depth: 1,
    baseFilters: 4,
    inputChannels: 1,
    classes: 3,
    normalisation: 'none',
    dropout: 0,
  } as const;
  const bytes = modelBytes(
    {
      formatVersion: 1,
      network,
      classNames: ['background', 'a', 'b'],
      classKinds: ['background', 'thing', 'thing'],
      inputNormalisation: 'min-max',
      channels: [0],
      pixelSizeUm: null,
      mirrorAveraging: false,
      instances: { ...DEFAULT_INSTANCE_PARAMETERS },
      training: {},
    },
    initialiseParameters(weightsOfNetwork(network).parameters, 3),
  );
  writeFileSync(path, bytes);
}

const gradient = (phase: number): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 128 + 100 * Math.sin(i / 9 + phase));

test('each image becomes one TIFF with its pixel size; a bad file is named and the others go on', async (t) => {
  const folder = testFolder(t);
  const model = join(folder, 'model.onnx');
  writeModel(model);
  await writeImages(join(folder, 'in'), [gradient(0), gradient(1)]);
  writeFileSync(join(folder, 'in', 'broken.tif'), 'this is text');
  const out = join(folder, 'out');
  const report = await segmentFiles(engine, {
    model,
    paths: [join(folder, 'in')],
    out,
    kind: 'probabilities',
    device: 'cpu',
  });
  assert.deepEqual(readdirSync(out).sort(), ['cell0.tif', 'cell1.tif']);
  assert.equal(report.failures.length, 1);
  assert.match(report.failures[0]?.message ?? '', /broken/);
  const reader = await openImage(join(out, 'cell1.tif'));
  const { shape, numberType, pixelSizeUm } = reader.description;
  assert.deepEqual(shape, { t: 1, z: 1, c: 3, y: SIDE, x: SIDE });
  assert.equal(numberType, 'float32');
  assert.ok(pixelSizeUm && Math.abs(pixelSizeUm.x - 0.5) < 1e-6);
  const planes = await Promise.all([0, 1, 2].map((c) => reader.readPlane(0, 0, c)));
  await reader.close();
  for (let i = 0; i < SIDE * SIDE; i += 97) {
    assert.ok(Math.abs(planes.reduce((sum, plane) => sum + plane[i]!, 0) - 1) < 1e-5);
  }

  const classes = join(folder, 'classes');
  await segmentFiles(engine, {
    model,
    paths: [join(folder, 'in', 'cell1.tif')],
    out: classes,
    kind: 'classes',
    device: 'cpu',
  });
  const classReader = await openImage(join(classes, 'cell1.tif'));
  assert.equal(classReader.description.numberType, 'uint8');
  const values = await classReader.readPlane(0, 0, 0);
  await classReader.close();
  for (let i = 0; i < SIDE * SIDE; i += 97) {
    const most = Math.max(...planes.map((plane) => plane[i]!));
    assert.equal(planes[values[i]!]![i], most);
  }
});

test('an image is never written over, and one with pixels that are no numbers is named', async (t) => {
  const folder = testFolder(t);
  const model = join(folder, 'model.onnx');
  writeModel(model);
  const images = join(folder, 'in');
  await writeImages(images, [gradient(0)]);
  const before = readFileSync(join(images, 'cell0.tif'));
  const request = { model, paths: [images], out: images, device: 'cpu' as const };
  await assert.rejects(segmentFiles(engine, request), (error) => isLimnError(error, 'InvalidInput'));
  assert.ok(readFileSync(join(images, 'cell0.tif')).equals(before));
  await writeTiff(join(folder, 'nan.tif'), {
    planes: [Float32Array.from({ length: SIDE * SIDE }, (_, i) => (i === 7 ? Number.NaN : i))],
    shape: { t: 1, z: 1, c: 1, y: SIDE, x: SIDE },
    numberType: 'float32',
    pixelSizeUm: null,
  });
  const out = join(folder, 'out');
  const report = await segmentFiles(engine, { ...request, paths: [join(folder, 'nan.tif')], out });
  assert.deepEqual([report.files, report.failures.map(({ tag }) => tag)], [[], ['InvalidInput']]);
  assert.match(report.failures[0]?.message ?? '', /“nan\.tif” holds 1 of/);
  assert.deepEqual(readdirSync(out), []);
});

test('equal stems, no image, and no model are refused before anything is written', async (t) => {
  const folder = testFolder(t);
  const model = join(folder, 'model.onnx');
  writeModel(model);
  await writeImages(join(folder, 'a'), [gradient(0)]);
  await writeImages(join(folder, 'b'), [gradient(0)]);
  mkdirSync(join(folder, 'empty'));
  mkdirSync(join(folder, 'c'));
  copyFileSync(join(folder, 'b/cell0.tif'), join(folder, 'c/CELL0.TIF'));
  const out = join(folder, 'out');
  const refuse = (
    request: { model?: string; paths: string[] },
    tag: 'InvalidInput' | 'NotFound' | 'UnsupportedFormat' | 'CorruptFile',
  ) =>
    assert.rejects(segmentFiles(engine, { model, out, device: 'cpu', ...request }), (error) =>
      isLimnError(error, tag),
    );
  await refuse({ paths: [join(folder, 'a'), join(folder, 'b')] }, 'InvalidInput');
  await refuse({ paths: [join(folder, 'a/cell0.tif'), join(folder, 'c/CELL0.TIF')] }, 'InvalidInput');
  await refuse({ paths: [join(folder, 'empty')] }, 'InvalidInput');
  await refuse({ paths: [join(folder, 'a')], model: join(folder, 'none.onnx') }, 'NotFound');
  writeFileSync(join(folder, 'text.onnx'), 'no model');
  await refuse({ paths: [join(folder, 'a')], model: join(folder, 'text.onnx') }, 'CorruptFile');
  assert.equal(existsSync(out), false);
});
