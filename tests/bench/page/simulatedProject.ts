/** Projects for the page's benchmark: large simulated 16-bit images with thousands of labelled objects, made once and kept. */

import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../../app/science/random.ts';
import { createProject, type Project } from '../../../app/services/project.ts';

/** What every scenario begins with: images of so many pixels a side, with so many objects. */
export const SIDE = 4096;
export const OBJECTS = 5000;

/** Raised whenever what is simulated changes. */
const VERSION = 4;

export interface SimulatedPlane {
  pixels: Uint16Array;
  /** 0 unlabelled, 1 a rim of background, from 2 on the objects. */
  labels: Uint32Array;
  /** Area of each object, px, by label. */
  areas: Uint32Array;
}

/**
 * Makes a project of `count` images of `side`² px, or takes the one that an earlier run has left.
 *
 * @returns path of a fresh copy in `folder`, which the caller removes
 */
export async function simulatedProject(
  folder: string,
  side: number,
  count: number,
  objects: number,
): Promise<string> {
  const store = join(tmpdir(), 'limn-bench-page');
  await mkdir(store, { recursive: true });
  const kept = join(store, `v${VERSION}-${side}-${count}-${objects}.limn`);
  if (!existsSync(kept)) {
    console.log(`Simulating ${count} × ${side}² px with ${objects} objects …`);
    const unfinished = join(store, `unfinished-${process.pid}.limn`);
    const project = createProject(unfinished, { classes: ['nucleus'] });
    for (let seed = 1; seed <= count; seed++)
      await addImage(project, simulatePlane(side, objects, seed), side, seed);
    project.close();
    renameSync(unfinished, kept);
  }
  const copy = join(folder, `${side}.limn`);
  copyFileSync(kept, copy);
  return copy;
}

async function addImage(project: Project, plane: SimulatedPlane, side: number, seed: number): Promise<void> {
  const { store } = project;
  const name = `simulated-${side}-${seed}`;
  const imageId = store.images.stage({
    name,
    sourcePath: `/simulated/${name}.tif`,
    linked: false,
    stamp: { bytes: plane.pixels.byteLength, modifiedMs: 0, sha256: null },
    shape: { t: 1, z: 1, c: 1, y: side, x: side },
    numberType: 'uint16',
    pixelSizeUm: { y: 0.325, x: 0.325, z: null },
    channelNames: ['DAPI'],
  });
  await store.images.writePlane(imageId, 0, 0, 0, plane.pixels);
  await store.labels.writePlane(imageId, 0, 0, plane.labels);
  await store.labelLevels.writePlane(imageId, 0, 0, plane.labels);
  const classId = store.classes.list()[0]!.classId;
  store.transaction(() => {
    for (let label = 2; label < plane.areas.length; label++) {
      const pixels = plane.areas[label]!;
      if (pixels === 0) continue;
      store.objects.put({
        imageId,
        label,
        classId,
        isRegion: false,
        name: null,
        colour: null,
        locked: false,
        pixels,
      });
    }
    store.images.publish(imageId);
  });
}

/** Ellipses on a jittered grid, many of them touching, over an uneven background with read noise. */
export function simulatePlane(side: number, objects: number, seed: number): SimulatedPlane {
  const random = createRandom(seed, side);
  const pixels = new Uint16Array(side * side);
  const labels = new Uint32Array(side * side);
  const rows = Math.ceil(Math.sqrt(objects));
  const pitch = side / rows;
  const areas = new Uint32Array(objects + 2);
  const brightness = new Float32Array(side * side);
  for (let n = 0; n < objects; n++) {
    const cx = ((n % rows) + 0.35 + 0.3 * random.next()) * pitch;
    const cy = (Math.floor(n / rows) + 0.35 + 0.3 * random.next()) * pitch;
    const [a, b] = [pitch * (0.28 + 0.2 * random.next()), pitch * (0.28 + 0.14 * random.next())];
    const angle = Math.PI * random.next();
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const peak = 900 + 2600 * random.next();
    const reach = Math.ceil(1.3 * Math.max(a, b));
    for (let y = Math.max(0, Math.floor(cy) - reach); y < Math.min(side, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx) - reach); x < Math.min(side, cx + reach); x++) {
        const u = ((x - cx) * cos + (y - cy) * sin) / a;
        const v = ((y - cy) * cos - (x - cx) * sin) / b;
        const distance = u * u + v * v;
        const i = y * side + x;
        if (distance < 1) {
          if (labels[i]! < 2) labels[i] = n + 2;
          brightness[i] = Math.max(brightness[i]!, peak * (1 - 0.7 * distance));
        } else if (distance < 1.5 && labels[i] === 0) labels[i] = 1;
      }
    }
  }
  for (const label of labels) if (label >= 2) areas[label]!++;
  let noise = seed | 1;
  for (let y = 0, i = 0; y < side; y++) {
    const shade = 300 + 150 * Math.sin((3 * y) / side);
    for (let x = 0; x < side; x++, i++) {
      // Two uniform numbers a pixel (xorshift): a triangular read noise is enough to be seen.
      noise ^= noise << 13;
      noise ^= noise >>> 17;
      noise ^= noise << 5;
      pixels[i] = shade + brightness[i]! + (noise & 127) + ((noise >>> 8) & 127);
    }
  }
  return { pixels, labels, areas };
}
