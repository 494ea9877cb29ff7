/** A small real project for tests of the services: simulated nuclei, imported from TIFF files with their labels. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { importImages } from '../../app/services/importService.ts';
import { createProject, type Project } from '../../app/services/project.ts';

export const SIDE = 96;

/** A folder that is removed at the end of the test. */
export function testFolder(context: { after(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'limn-services-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Images of `values`, one TIFF each, in `folder/<name>`. */
export async function writeImages(
  folder: string,
  planes: (Uint8Array | Uint16Array)[],
  side = SIDE,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [i, plane] of planes.entries()) {
    await writeTiff(join(folder, `cell${i}.tif`), {
      planes: [plane],
      shape: { t: 1, z: 1, c: 1, y: side, x: side },
      numberType: plane instanceof Uint8Array ? 'uint8' : 'uint16',
      pixelSizeUm: { y: 0.5, x: 0.5, z: null },
    });
  }
}

/** A project `small.limn` with simulated nuclei; `relabel` may change the labels (0 background, 1…N) into Limn's form. */
export async function smallProject(
  folder: string,
  options: {
    count?: number;
    labelled?: boolean;
    relabel?: (label: number, pixel: number, image: number) => number;
  } = {},
): Promise<Project> {
  const { count = 3, labelled = true, relabel } = options;
  const shape = { y: SIDE, x: SIDE };
  const samples = Array.from({ length: count }, (_, index) => simulateNuclei({ shape, seed: 5, index }));
  await writeImages(
    join(folder, 'images'),
    samples.map(({ image }) => image),
  );
  await writeImages(
    join(folder, 'labels'),
    samples.map(({ labels }, image) =>
      Uint16Array.from(labels, (label, i) => (relabel ? relabel(label, i, image) : label)),
    ),
  );
  const project = createProject(join(folder, 'small.limn'), { classes: ['nucleus'] });
  await importImages(
    project,
    {
      paths: [join(folder, 'images')],
      ...(labelled && { labels: join(folder, 'labels'), labelKind: 'instances' as const }),
      ...(labelled && relabel && { unlabelled: 0 }),
    },
    {},
  );
  return project;
}
