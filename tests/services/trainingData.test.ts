import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleReachPx } from '../../app/engine/training/trainingGeometry.ts';
import { isLimnError } from '../../app/errors.ts';
import {
  buildSampleIndex,
  drawTrainingSample,
  type TrainingPlane,
} from '../../app/science/trainingSample.ts';
import type { Project } from '../../app/services/project.ts';
import { buildTrainingPlane, labelledPlanes, labelStatistics } from '../../app/services/trainingData.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { SIDE, smallProject, testFolder } from './smallProject.ts';

/** Labels in one corner of the image only. */
const inCorner = (label: number, pixel: number): number => {
  const y = Math.floor(pixel / SIDE);
  const x = pixel % SIDE;
  return y < 40 && x >= SIDE - 40 ? label + 1 : 0;
};

async function build(project: Project, reachPx: number): Promise<TrainingPlane> {
  const [labelled] = labelledPlanes(project, project.store.images.list());
  assert.ok(labelled);
  const { pixelsOfClass } = await labelStatistics(project, [labelled]);
  const plane = await buildTrainingPlane(project, labelled, {
    plan: PRESETS.paper,
    channels: [0],
    pixelSizeUm: null,
    pixelsOfClass,
    reachPx,
  });
  assert.ok(plane);
  return plane;
}

test('a plane cropped to what samples can reach gives the samples of the whole plane', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1, relabel: inCorner });
  const inputShape = { y: 20, x: 20 };
  const outputShape = { y: 12, x: 12 };
  const augmentation = {
    ...PRESETS.paper.augmentation,
    elasticSigmaPx: 2,
    scaleRange: [0.9, 1.1] as [number, number],
  };
  const whole = await build(project, 10_000);
  const cropped = await build(project, sampleReachPx(inputShape, outputShape, augmentation));
  assert.deepEqual(whole.shape, { y: SIDE, x: SIDE });
  assert.ok(cropped.shape.y < SIDE && cropped.shape.x < SIDE, 'something was cut off');
  const draw = (plane: TrainingPlane, step: number): Float32Array[] => {
    const image = new Float32Array(400);
    const target = new Uint8Array(144);
    const weight = new Float32Array(144);
    const index = buildSampleIndex([plane], { density: 'labelled', backgroundDensity: 1 });
    drawTrainingSample(
      [plane],
      index,
      { seed: 4, step, slot: 0, inputShape, outputShape, augmentation },
      { image, target, weight },
    );
    return [image, Float32Array.from(target), weight];
  };
  for (let step = 0; step < 40; step++) {
    const [a, b] = [draw(cropped, step), draw(whole, step)];
    // Positions count from another corner, so the last bits of interpolated values may differ.
    for (const [i, values] of a.entries()) {
      for (const [j, value] of values.entries())
        assert.ok(Math.abs(value - b[i]![j]!) < 1e-4, `step ${step}, array ${i}, ${j}`);
    }
  }
  project.close();
});

test('an image of one value is refused by name', async (t) => {
  const project = await smallProject(testFolder(t), { count: 1, relabel: inCorner });
  const { images } = project.store;
  images.readPlane = async () => new Uint16Array(SIDE * SIDE).fill(7);
  await assert.rejects(
    build(project, 10),
    (error) => isLimnError(error, 'InvalidInput') && /cell0.*same value/.test(error.message),
  );
  project.close();
});
