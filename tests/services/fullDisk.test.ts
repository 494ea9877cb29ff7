/** A disk that fills up under import, painting, training and export: a sentence, and the project as it was. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EngineHost } from '../../app/engine/host.ts';
import { isLimnError } from '../../app/errors.ts';
import { checkProject } from '../../app/services/doctorService.ts';
import { exportMasks } from '../../app/services/exportService.ts';
import { importImages } from '../../app/services/importService.ts';
import { openProject, type Project } from '../../app/services/project.ts';
import { listRuns, TrainingService } from '../../app/services/trainingService.ts';
import { fillDisk, smallDisk } from '../support/smallDisk.ts';
import { SIDE, smallProject, testFolder, writeImages } from './smallProject.ts';

const isFull = (error: unknown): boolean =>
  isLimnError(error, 'DiskFull') && /full|no room/.test(error.message);

/** What a person would miss if it were lost or doubled. */
function contentOf({ store }: Project): unknown {
  return store.images.list().map((image) => ({
    image,
    objects: store.objects.list(image.imageId),
    labels: store.labels.planes(image.imageId).map(({ t, z }) => store.labels.readPlane(image.imageId, t, z)),
  }));
}

test('an import that does not fit leaves the images, labels and classes that were there', async (context) => {
  const disk = smallDisk(context, 3072);
  if (disk === null) return;
  const project = await smallProject(disk, { count: 1 });
  const before = contentOf(project);
  const elsewhere = testFolder(context);
  const noise = Uint16Array.from({ length: 1024 * 1024 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 16);
  await writeImages(join(elsewhere, 'large'), [noise, noise], 1024);
  await assert.rejects(importImages(project, { paths: [join(elsewhere, 'large')] }), isFull);
  assert.deepEqual(contentOf(project), before);
  assert.equal(project.store.images.stagedCount(), 0);
  project.close();
  assert.deepEqual(await checkProject(project.path), { ok: true, findings: [] });
});

test('a stroke that cannot be stored is refused, and the labels are those before it', async (context) => {
  const disk = smallDisk(context, 3072);
  if (disk === null) return;
  const project = await smallProject(disk, { count: 1 });
  const before = contentOf(project);
  const ballast = fillDisk(disk);
  const [image] = project.store.images.list();
  const paint = (): void => {
    const labels = Uint32Array.from({ length: SIDE * SIDE }, (_, i) => 1 + (Math.imul(i, 2_654_435_761) & 1));
    const regions = [{ x: 0, y: 0, w: SIDE, h: SIDE, labels }];
    project.store.edits.apply({ imageId: image?.imageId ?? 0, t: 0, z: 0, kind: 'brush', regions });
  };
  // The log may have room for some strokes that it kept from before.
  assert.throws(() => {
    for (let stroke = 0; stroke < 100; stroke++) {
      const stored = contentOf(project);
      try {
        paint();
      } catch (error) {
        assert.deepEqual(contentOf(project), stored);
        throw error;
      }
    }
  }, isFull);
  rmSync(ballast);
  paint();
  assert.notDeepEqual(contentOf(project), before);
  project.close();
  assert.equal((await checkProject(project.path)).ok, true);
});

test('a training whose checkpoint does not fit says so; the project opens and trains once there is room', async (context) => {
  const disk = smallDisk(context, 12_288);
  if (disk === null) return;
  const project = await smallProject(disk, { count: 2 });
  const engine = await EngineHost.start();
  context.after(() => engine.close());
  const service = new TrainingService(engine);
  const request = { steps: 2, device: 'cpu', threads: 1, tileSize: 64, baseFilters: 16, depth: 3 } as const;
  // Room for the start of a run, not for a checkpoint of some megabytes.
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(ballast, new Uint8Array(bavail * bsize - 1_500_000));
  const ended = await service.train(project, request, {}).then(
    (summary) => summary.message ?? summary.state,
    (error: unknown) => (isFull(error) ? 'refused' : Promise.reject(error)),
  );
  assert.match(ended, /refused|full|room/);
  assert.ok(
    listRuns(project).every(({ state }) => state === 'failed'),
    JSON.stringify(listRuns(project)),
  );
  project.close();
  assert.equal((await checkProject(project.path)).ok, true);
  rmSync(ballast);
  const reopened = openProject(project.path, { mode: 'write' });
  context.after(() => reopened.close());
  const run = await service.train(reopened, request, {});
  assert.equal(run.state, 'finished');
});

test('masks that do not fit leave nothing behind, and the file before them as it was', async (context) => {
  const disk = smallDisk(context, 1024);
  if (disk === null) return;
  const project = await smallProject(testFolder(context), { count: 2 });
  context.after(() => project.close());
  await exportMasks(project, { to: disk });
  const [first = ''] = readdirSync(disk);
  const before = readFileSync(join(disk, first));
  fillDisk(disk);
  await assert.rejects(exportMasks(project, { to: disk, measurements: true }), isFull);
  assert.deepEqual(readdirSync(disk).sort(), ['ballast', 'cell0.tif', 'cell1.tif']);
  assert.ok(readFileSync(join(disk, first)).equals(before));
});
