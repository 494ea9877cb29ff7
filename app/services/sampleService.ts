/** Microscopy of our own: folders of simulated images with exact ground truth, and the sample project of a newcomer. */

import { join, resolve } from 'node:path';
import { type CallContext, LimnError, throwIfCancelled } from '../errors.ts';
import { writeFileAtomically } from '../imaging/writeFileAtomically.ts';
import { smallestUnsigned, writeTiff } from '../imaging/writeTiff.ts';
import { simulateMembranes } from '../science/simulate/membranes.ts';
import { simulateNuclei } from '../science/simulate/nuclei.ts';
import { makeFolder } from './makeFolder.ts';
import { createProject, type Project } from './project.ts';
import { partialLabels } from './sampleLabels.ts';

export type SampleKind = 'nuclei' | 'membranes';

export interface SampleRequest {
  kind?: SampleKind | undefined;
  /** Number of images, >= 1. */
  count?: number | undefined;
  /** Same seed, same images, to the bit. */
  seed?: number | undefined;
}

export interface SampleReport {
  folder: string;
  kind: SampleKind;
  seed: number;
  images: string[];
  labels: string[];
}

const SIDE = 512;
const SHAPE = { y: SIDE, x: SIDE };
const PIXEL_SIZE_UM = { nuclei: 0.5, membranes: 0.004 } as const;

/** The sample project: so many images, the first with so many painted nuclei. */
const PROJECT_IMAGES = 4;
const PROJECT_SEED = 2015;
const PAINTED_NUCLEI = 10;

/**
 * Writes `images/`, `labels/` (nuclei: 0 background, 1…N; membranes: 0 membrane, 255 interior) and `manifest.json`.
 * Throws WrongUsage for a count below 1, DiskFull, InvalidInput, Cancelled.
 */
export async function writeSample(
  folder: string,
  request: SampleRequest = {},
  context: CallContext = {},
): Promise<SampleReport> {
  const { kind = 'nuclei', count = 4, seed = 1 } = request;
  if (!Number.isInteger(count) || count < 1) {
    throw new LimnError('WrongUsage', `A sample needs at least one image, not ${count}. Say \`--count 4\`.`);
  }
  const root = resolve(folder);
  await makeFolder(join(root, 'images'));
  await makeFolder(join(root, 'labels'));
  const report: SampleReport = { folder: root, kind, seed, images: [], labels: [] };
  const digits = Math.max(2, String(count - 1).length);
  for (let index = 0; index < count; index++) {
    throwIfCancelled(context.signal);
    const name = `${kind}_${String(index).padStart(digits, '0')}.tif`;
    context.onProgress?.({ done: index, total: count, note: name });
    const image = join(root, 'images', name);
    const label = join(root, 'labels', name);
    await writePair(kind, seed, index, image, label);
    report.images.push(image);
    report.labels.push(label);
    // Simulating is synchronous; a stop is to be heard between two images.
    await new Promise(setImmediate);
  }
  const manifest = {
    title: kind === 'nuclei' ? 'Simulated fluorescent nuclei' : 'Simulated membranes',
    label: kind === 'nuclei' ? 'instance ids, 0 background' : '255 interior, 0 membrane',
    kind,
    seed,
    pixelSizeUm: PIXEL_SIZE_UM[kind],
    licence: 'CC0',
    pairs: report.images.map((_, index) => {
      const name = `${kind}_${String(index).padStart(digits, '0')}.tif`;
      return { image: `images/${name}`, label: `labels/${name}` };
    }),
  };
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  await writeFileAtomically(join(root, 'manifest.json'), async (handle) => handle.writeFile(text));
  context.onProgress?.({ done: count, total: count });
  return report;
}

/**
 * Makes a project with simulated nuclei in which painting and training can begin at once: in the first image ten
 * neighbouring nuclei and some background are painted, the others are untouched.
 * Throws as createProject does; a project that could not be finished is removed.
 */
export async function createSampleProject(path: string): Promise<void> {
  const project = createProject(path, { classes: ['nucleus'] });
  try {
    for (let index = 0; index < PROJECT_IMAGES; index++) await addNuclei(project, index);
  } catch (error) {
    project.store.discard();
    throw error;
  }
  project.close();
}

async function addNuclei(project: Project, index: number): Promise<void> {
  const { store } = project;
  const { image, labels } = simulateNuclei({ shape: SHAPE, seed: PROJECT_SEED, index });
  const name = `nuclei_${index + 1}`;
  const imageId = store.images.stage({
    name,
    sourcePath: `sample/${name}.tif`,
    linked: false,
    stamp: { bytes: image.byteLength, modifiedMs: 0, sha256: null },
    shape: { t: 1, z: 1, c: 1, ...SHAPE },
    numberType: 'uint16',
    pixelSizeUm: { y: PIXEL_SIZE_UM.nuclei, x: PIXEL_SIZE_UM.nuclei, z: null },
    channelNames: ['DNA'],
  });
  await store.images.writePlane(imageId, 0, 0, 0, image);
  store.transaction(() => {
    store.images.publish(imageId);
    if (index > 0) return;
    const painted = partialLabels(labels, SHAPE, PAINTED_NUCLEI);
    const classId = store.classes.list()[0]?.classId ?? 0;
    const region = { x: 0, y: 0, w: SIDE, h: SIDE, labels: painted.labels };
    const created = painted.objects.map((label) => ({ label, classId }));
    store.edits.apply({ imageId, t: 0, z: 0, kind: 'sample labels', regions: [region], created });
  });
}

async function writePair(
  kind: SampleKind,
  seed: number,
  index: number,
  image: string,
  label: string,
): Promise<void> {
  const size = PIXEL_SIZE_UM[kind];
  const shape = { t: 1, z: 1, c: 1, ...SHAPE };
  const common = { shape, pixelSizeUm: { y: size, x: size, z: null } };
  if (kind === 'nuclei') {
    const simulated = simulateNuclei({ shape: SHAPE, seed, index });
    const largest = simulated.labels.reduce((most, value) => Math.max(most, value), 0);
    const numberType = smallestUnsigned(largest);
    const labels =
      numberType === 'uint8' ? Uint8Array.from(simulated.labels) : Uint16Array.from(simulated.labels);
    await writeTiff(image, { ...common, planes: [simulated.image], numberType: 'uint16' });
    await writeTiff(label, {
      ...common,
      planes: [labels],
      numberType: numberType === 'uint8' ? 'uint8' : 'uint16',
    });
    return;
  }
  const simulated = simulateMembranes({ shape: SHAPE, seed, index });
  await writeTiff(image, { ...common, planes: [simulated.image], numberType: 'uint8' });
  await writeTiff(label, { ...common, planes: [simulated.labels], numberType: 'uint8' });
}
