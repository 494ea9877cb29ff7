/** A project of very many small images, as a plate reader or a time-lapse leaves them. */

import { createProject } from '../../app/services/project.ts';

const SIDE = 32;

/** Makes a project of `count` images of 32 × 32 px, each a ramp. */
export async function makeManyImages(path: string, count: number): Promise<void> {
  const project = createProject(path, { classes: ['cell'] });
  const { images } = project.store;
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => i % 256);
  for (let index = 0; index < count; index++) {
    const imageId = images.stage({
      name: `well_${index + 1}`,
      sourcePath: `plate/well_${index + 1}.tif`,
      linked: false,
      stamp: { bytes: pixels.byteLength, modifiedMs: 0, sha256: null },
      shape: { t: 1, z: 1, c: 1, y: SIDE, x: SIDE },
      numberType: 'uint8',
      pixelSizeUm: null,
      channelNames: [],
    });
    await images.writePlane(imageId, 0, 0, 0, pixels);
    project.store.transaction(() => images.publish(imageId));
  }
  project.close();
}
