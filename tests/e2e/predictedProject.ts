/** A sample project whose second image has a prediction of known disks, so that tests need not train a network first. */

import { openProject } from '../../app/services/project.ts';
import { createSampleProject } from '../../app/services/sampleService.ts';
import { tinyModel } from '../support/tinyModel.ts';

export const WIDTH = 512;

/** Predicted disks of 30 px radius: centre, and the probability of their pixels. */
export const DISKS = [
  { x: 100, y: 100, probability: 0.95 },
  { x: 250, y: 100, probability: 0.7 },
  { x: 400, y: 100, probability: 0.95 },
  { x: 250, y: 400, probability: 0.6 },
] as const;

export const isInDisk = (disk: { x: number; y: number }, x: number, y: number): boolean =>
  (x - disk.x) ** 2 + (y - disk.y) ** 2 <= 30 ** 2;

export async function makePredictedProject(path: string): Promise<void> {
  await createSampleProject(path);
  const project = openProject(path, { mode: 'write' });
  try {
    const { store } = project;
    const imageId = store.images.list()[1]!.imageId;
    const classNames = store.classes.list().map((row) => row.name);
    const { description, bytes } = tinyModel(classNames);
    const { modelId } = store.models.add(
      {
        name: 'known disks',
        runId: null,
        role: 'best',
        step: 1,
        description,
        parameters: 1,
        validationLoss: null,
      },
      bytes,
    );
    const foreground = new Float32Array(WIDTH * WIDTH * classNames.length).fill(0.02);
    const instances = new Uint32Array(WIDTH * WIDTH);
    for (let i = 0; i < instances.length; i++) {
      const index = DISKS.findIndex((disk) => isInDisk(disk, i % WIDTH, Math.floor(i / WIDTH)));
      const disk = DISKS[index];
      if (!disk) continue;
      instances[i] = index + 1;
      foreground[i] = disk.probability;
    }
    const classIndexOf = Uint8Array.of(0, ...DISKS.map(() => 1));
    await store.predictions.write({ imageId, modelId, t: 0, z: 0, foreground, instances, classIndexOf });
  } finally {
    project.close();
  }
}
