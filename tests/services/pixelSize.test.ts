/** Images of two pixel sizes: a model sees both on its own grid, and results lie on the image's. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { exportModel } from '../../app/engine/modelFile.ts';
import { weightsOfNetwork } from '../../app/engine/networks/listWeights.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { isLimnError } from '../../app/errors.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../app/science/instances.ts';
import { importImages } from '../../app/services/importService.ts';
import { descriptionOf, resolveModel } from '../../app/services/modelService.ts';
import { trainingPixelSize } from '../../app/services/pixelSize.ts';
import { predictImages, segmentFiles } from '../../app/services/predictionService.ts';
import { createProject } from '../../app/services/project.ts';
import { planOf } from '../../app/services/runLedger.ts';
import { buildTrainingPlane, labelledPlanes } from '../../app/services/trainingData.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { TrainingService } from '../../app/services/trainingService.ts';
import { testFolder } from './smallProject.ts';

const engine = new EngineHost();
after(() => engine.close());

/** The scene is 48 µm a side: discs of 4 µm radius, with soft borders, 16 µm apart. */
const SCENE_UM = 48;
const distanceToDisc = (y: number, x: number): number => Math.hypot((y % 16) - 8, (x % 16) - 8) - 4;

function photograph(pixelUm: number): { side: number; image: Uint8Array; labels: Uint16Array } {
  const side = SCENE_UM / pixelUm;
  const at = (i: number): [number, number] => [
    (Math.floor(i / side) + 0.5) * pixelUm,
    ((i % side) + 0.5) * pixelUm,
  ];
  const image = Uint8Array.from(
    { length: side * side },
    (_, i) => 40 + 160 / (1 + Math.exp(1.5 * distanceToDisc(...at(i)))),
  );
  const labels = Uint16Array.from({ length: side * side }, (_, i) => {
    const [y, x] = at(i);
    return distanceToDisc(y, x) < 0 ? 1 + Math.floor(y / 16) * 3 + Math.floor(x / 16) : 0;
  });
  return { side, image, labels };
}

async function write(
  path: string,
  plane: Uint8Array | Uint16Array,
  side: number,
  pixelUm: number | null,
): Promise<void> {
  await writeTiff(path, {
    planes: [plane],
    shape: { t: 1, z: 1, c: 1, y: side, x: side },
    numberType: plane instanceof Uint8Array ? 'uint8' : 'uint16',
    pixelSizeUm: pixelUm === null ? null : { y: pixelUm, x: pixelUm, z: null },
  });
}

/** A project with a photograph at 0.5 µm a pixel and one of the same scene at 0.25 µm. */
async function twoPhotographs(folder: string) {
  for (const kind of ['images', 'labels']) mkdirSync(join(folder, kind), { recursive: true });
  for (const [name, pixelUm] of [
    ['a.tif', 0.5],
    ['b.tif', 0.25],
  ] as const) {
    const { side, image, labels } = photograph(pixelUm);
    await write(join(folder, 'images', name), image, side, pixelUm);
    await write(join(folder, 'labels', name), labels, side, pixelUm);
  }
  const project = createProject(join(folder, 'two.limn'), { classes: ['disc'] });
  const paths = [join(folder, 'images')];
  await importImages(project, { paths, labels: join(folder, 'labels'), labelKind: 'instances' }, {});
  return project;
}

test('training sees images on the grid of the model: pixels and labels of the finer one are those of the coarser', async (t) => {
  const project = await twoPhotographs(testFolder(t));
  t.after(() => project.close());
  const options = {
    plan: PRESETS.fast,
    channels: [0],
    pixelSizeUm: 0.5,
    pixelsOfClass: Float64Array.of(7, 3),
    reachPx: 200,
  };
  const [coarse, fine] = await Promise.all(
    labelledPlanes(project, project.store.images.list()).map((plane) =>
      buildTrainingPlane(project, plane, options),
    ),
  );
  assert.deepEqual(fine?.shape, { y: 96, x: 96 });
  assert.deepEqual(coarse?.shape, { y: 96, x: 96 });
  const differs = coarse!.target.reduce((sum, value, i) => sum + Number(value !== fine!.target[i]), 0);
  assert.ok(differs < 0.02 * coarse!.target.length, `${differs} pixels of the target differ`);
  const [own, other] = [Float32Array.from(coarse!.channels[0]!), fine!.channels[0]!];
  const grey = own.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
  assert.ok(grey < 8, `grey values differ by ${grey} of 160`);
});

test("a run records its pixel size, one that begins with a model takes the model's, and results lie on each image's own grid", async (t) => {
  const project = await twoPhotographs(testFolder(t));
  t.after(() => project.close());
  const service = new TrainingService(engine);
  const request = { baseFilters: 4, depth: 2, tileSize: 48, device: 'cpu', threads: 1, seed: 1 } as const;
  await service.train(project, { ...request, images: '0', steps: 60, learningRate: 4e-3 });
  const first = resolveModel(project, 'best');
  assert.equal(descriptionOf(first).pixelSizeUm, 0.5);
  // Trained on the coarse photograph, it finds the same discs in the fine one.
  const predicted = await predictImages(project, engine, { model: String(first.modelId), device: 'cpu' });
  assert.deepEqual(
    predicted.map(({ objects }) => objects),
    [9, 9],
  );
  const [coarse, fine] = project.store.images.list();
  const [ofCoarse, ofFine] = [coarse, fine].map((row) =>
    project.store.predictions.readForeground(row!.imageId, 0, 0),
  );
  assert.deepEqual([ofCoarse!.length, ofFine!.length], [coarse!.shape.x ** 2, fine!.shape.x ** 2]);
  // Seen on one grid the two photographs are nearly one; at its own size the fine one shows discs twice as large.
  const difference = ofCoarse!.reduce((sum, p, i) => {
    const at = 2 * fine!.shape.x * Math.floor(i / coarse!.shape.x) + 2 * (i % coarse!.shape.x);
    const four = [at, at + 1, at + fine!.shape.x, at + fine!.shape.x + 1];
    return sum + Math.abs(p - four.reduce((mean, j) => mean + ofFine![j]! / 4, 0)) / ofCoarse!.length;
  }, 0);
  assert.ok(difference < 0.01, `${difference}`);
  const tuned = await service.train(project, {
    ...request,
    images: '1',
    steps: 1,
    init: String(first.modelId),
  });
  assert.equal(planOf(project.store.runs.get(tuned.runId)).pixelSizeUm, 0.5);
  assert.equal(descriptionOf(resolveModel(project, 'best')).pixelSizeUm, 0.5);
});

test('files without a project are rescaled alike; a pixel size that cannot be is refused by name', async (t) => {
  const folder = testFolder(t);
  const network = {
    kind: 'unet',
    padding: 'same',
    depth: 1,
    baseFilters: 4,
    inputChannels: 1,
    classes: 2,
    normalisation: 'none',
    dropout: 0,
  } as const;
  const description = {
    formatVersion: 1 as const,
    network,
    classNames: ['background', 'disc'],
    classKinds: ['background' as const, 'thing' as const],
    inputNormalisation: 'min-max' as const,
    channels: [0],
    pixelSizeUm: 0.5,
    mirrorAveraging: false,
    instances: { ...DEFAULT_INSTANCE_PARAMETERS },
    training: {},
  };
  const model = join(folder, 'model.onnx');
  writeFileSync(
    model,
    exportModel(description, initialiseParameters(weightsOfNetwork(network).parameters, 3)),
  );
  const [coarse, fine] = [photograph(0.5), photograph(0.25)];
  mkdirSync(join(folder, 'in'));
  await write(join(folder, 'in', 'coarse.tif'), coarse.image, coarse.side, 0.5);
  await write(join(folder, 'in', 'fine.tif'), fine.image, fine.side, 0.25);
  await write(join(folder, 'in', 'unknown.tif'), fine.image, fine.side, null);
  await write(join(folder, 'in', 'wrong.tif'), fine.image, fine.side, 250);
  const out = join(folder, 'out');
  const report = await segmentFiles(engine, {
    model,
    paths: [join(folder, 'in')],
    out,
    kind: 'probabilities',
    device: 'cpu',
  });
  assert.equal(report.failures.length, 1);
  assert.match(
    report.failures[0]!.message,
    /wrong\.tif' has pixels of 250 µm and the model was trained on pixels of 0\.5 µm/,
  );
  const read = async (name: string): Promise<ArrayLike<number>> => {
    const reader = await openImage(join(out, name));
    const plane = await reader.readPlane(0, 0, 1);
    await reader.close();
    return plane;
  };
  const [own, rescaled, asIs] = [await read('coarse.tif'), await read('fine.tif'), await read('unknown.tif')];
  assert.equal(rescaled.length, fine.side ** 2);
  /** Largest difference from the coarse result, read at the middle between four fine pixels. */
  const difference = (plane: ArrayLike<number>): number => {
    let most = 0;
    for (let y = 2; y < coarse.side - 2; y++) {
      for (let x = 2; x < coarse.side - 2; x++) {
        const i = 2 * y * fine.side + 2 * x;
        const mean = (plane[i]! + plane[i + 1]! + plane[i + fine.side]! + plane[i + fine.side + 1]!) / 4;
        most = Math.max(most, Math.abs(mean - own[y * coarse.side + x]!));
      }
    }
    return most;
  };
  assert.ok(
    difference(rescaled) < difference(asIs) / 2,
    `${difference(rescaled)}, as it is ${difference(asIs)}`,
  );
});

test("the pixel size of a training: the model's it begins with, the images' own, or the middle one", () => {
  const sized = (um: number | null) => ({
    name: `${um}`,
    pixelSizeUm: um === null ? null : { y: um, x: um, z: null },
  });
  assert.equal(trainingPixelSize([sized(0.5), sized(0.502)], null), 0.5);
  assert.equal(trainingPixelSize([sized(0.5), sized(1), sized(0.25)], null), 0.5);
  assert.equal(trainingPixelSize([sized(0.5), sized(null)], null), null);
  assert.equal(trainingPixelSize([sized(0.5), sized(null)], 0.65), 0.65);
  assert.throws(
    () => trainingPixelSize([sized(0.5), sized(50)], 0.65),
    (error: unknown) => isLimnError(error, 'InvalidInput'),
  );
});
