import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLimnError } from '../../app/errors.ts';
import { openImage } from '../../app/imaging/openImage.ts';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { importImages } from '../../app/services/importService.ts';
import { createProject } from '../../app/services/project.ts';
import { weightMapOfFile, weightMapOfPlane } from '../../app/services/weightMapService.ts';
import { temporaryFolder } from '../store/testProject.ts';

const SHAPE = { y: 24, x: 40 };

/** Two discs and one touching square. */
function truth(): Uint16Array {
  return Uint16Array.from({ length: SHAPE.y * SHAPE.x }, (_, i) => {
    const [y, x] = [Math.floor(i / SHAPE.x), i % SHAPE.x];
    if ((y - 11) ** 2 + (x - 9) ** 2 < 36) return 700;
    if ((y - 12) ** 2 + (x - 24) ** 2 < 49) return 3;
    return x > 30 && y > 5 && y < 19 ? 40 : 0;
  });
}

/** The paper's formula, pixel by pixel, over all pairs of pixels. */
function bruteForce(labels: Uint16Array, w0: number, sigma: number): Float64Array {
  const { y: h, x: w } = SHAPE;
  const objects = [...new Set(labels)].filter((value) => value > 0);
  const isBackground = Array.from(labels, (own, i) => {
    const neighbours = [
      i % w > 0 ? labels[i - 1] : 0,
      i % w < w - 1 ? labels[i + 1] : 0,
      labels[i - w] ?? 0,
      labels[i + w] ?? 0,
    ];
    return own === 0 || neighbours.some((other) => other !== 0 && other !== own);
  });
  const background = isBackground.filter(Boolean).length;
  const weightOf = [labels.length / (2 * (labels.length - background)), labels.length / (2 * background)];
  return Float64Array.from(labels, (_, i) => {
    if (!isBackground[i]) return weightOf[0] ?? 0;
    const distances = objects.map((object) => {
      let nearest = Number.POSITIVE_INFINITY;
      for (let j = 0; j < h * w; j++) {
        if (labels[j] === object)
          nearest = Math.min(nearest, Math.hypot(Math.floor(i / w) - Math.floor(j / w), (i % w) - (j % w)));
      }
      return nearest;
    });
    const [d1 = 0, d2 = 0] = distances.sort((a, b) => a - b);
    return (weightOf[1] ?? 0) + w0 * Math.exp(-((d1 + d2) ** 2) / (2 * sigma ** 2));
  });
}

test('file and painted plane give the same map, that of the formula over all pixel pairs', async (context) => {
  const folder = temporaryFolder(context);
  const labels = join(folder, 'cells.tif');
  const out = join(folder, 'weights.tif');
  const shape = { t: 1, z: 1, c: 1, ...SHAPE };
  const pixelSizeUm = { y: 0.5, x: 0.25, z: null };
  await writeTiff(labels, { planes: [truth()], shape, numberType: 'uint16', pixelSizeUm });
  await assert.rejects(weightMapOfFile(labels, { out: labels }), (error) =>
    isLimnError(error, 'InvalidInput'),
  );
  const report = await weightMapOfFile(labels, { out, w0: 8, sigmaPx: 4 });
  assert.deepEqual([report.objects, report.preset, report.w0, report.sigmaPx], [3, 'paper', 8, 4]);
  const reader = await openImage(out);
  context.after(() => reader.close());
  assert.equal(reader.description.numberType, 'float32');
  assert.deepEqual(reader.description.pixelSizeUm, pixelSizeUm);
  const written = await reader.readPlane(0, 0, 0);
  const expected = bruteForce(truth(), 8, 4);
  for (const [i, weight] of expected.entries()) {
    assert.ok(
      Math.abs((written[i] ?? 0) - weight) <= 1e-5 * weight,
      `pixel ${i}: ${written[i]}, expected ${weight}`,
    );
  }
  const project = createProject(join(folder, 'p.limn'));
  context.after(() => project.close());
  const { images } = await importImages(project, { paths: [labels], labels });
  const plane = weightMapOfPlane(project, images[0]?.imageId ?? 0, 0, 0, { w0: 8, sigmaPx: 4 });
  assert.deepEqual(plane.weights, written);
});

test('numbers out of range are wrong usage', async () => {
  for (const options of [{ w0: -1 }, { sigmaPx: 0 }, { sigmaPx: Number.NaN }]) {
    await assert.rejects(weightMapOfFile('labels.tif', { out: 'weights.tif', ...options }), (error) =>
      isLimnError(error, 'WrongUsage'),
    );
  }
});
