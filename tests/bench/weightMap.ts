/** The weight map against SciPy's way of one distance transform an object, and its time a pixel on a larger plane. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import type { ShapeYX } from '../../app/science/geometry.ts';
import { createRandom } from '../../app/science/random.ts';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { classWeights, countClasses, WEIGHT_MAP_DEFAULTS, weightMap } from '../../app/science/weightMap.ts';
import { type Comparison, runPeer } from './comparison.ts';

/** Both rows of the weight map. */
export async function benchWeightMap(repeats: number): Promise<Comparison[]> {
  return [await againstScipy(repeats), scaling(repeats)];
}

/** Alternates ours and the peer; each repeat is a fresh process on the peer's side, of which only the work is timed. */
async function againstScipy(repeats: number): Promise<Comparison> {
  const shape = { y: 520, x: 696 };
  const labels = discs(191, shape);
  const folder = mkdtempSync(join(tmpdir(), 'limn-bench-'));
  const path = join(folder, 'labels.tif');
  await writeTiff(path, {
    planes: [Uint16Array.from(labels)],
    shape: { t: 1, z: 1, c: 1, ...shape },
    numberType: 'uint16',
    pixelSizeUm: null,
  });
  const painted = paint(labels);
  const ours: number[] = [];
  const theirs: number[] = [];
  let peer = 'SciPy (missing)';
  for (let warming = 0; warming < 10; warming++) ourSeconds(painted, shape);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let time = 0; time < 5; time++) ours.push(ourSeconds(painted, shape));
    const answer = runPeer<{ seconds: number[]; version: string }>('weight_map_scipy.py', path, 1);
    if (answer === null) continue;
    peer = answer.version;
    theirs.push(...answer.seconds);
  }
  rmSync(folder, { recursive: true });
  return {
    work: 'weight map, 520×696, 191 objects',
    peer: `${peer}, one transform an object`,
    atMost: 0.02,
    ours,
    theirs,
    note: 'ours with the training target and the class weights',
  };
}

/** Linear time: 2048² with 2,000 objects and 512² with 125 have the same density, and should cost the same a pixel. */
function scaling(repeats: number): Comparison {
  const large = { y: 2048, x: 2048 };
  const small = { y: 512, x: 512 };
  const largeLabels = paint(discs(2000, large));
  const smallLabels = paint(discs(125, small));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let warming = 0; warming < 10; warming++) ourSeconds(smallLabels, small);
  ourSeconds(largeLabels, large);
  for (let repeat = 0; repeat < repeats; repeat++) {
    // As many pixels on either side.
    ours.push(ourSeconds(largeLabels, large));
    let seconds = 0;
    for (let time = 0; time < 16; time++) seconds += ourSeconds(smallLabels, small);
    theirs.push(seconds);
  }
  return {
    work: 'weight map, 2048², 2,000 objects',
    peer: 'ours, 16 times 512², 125 objects',
    atMost: 1.2,
    ours,
    theirs,
    note: 'the ratio is that of the times a pixel',
  };
}

/** The form in which a project holds labels: 1 background, >= 2 objects. */
function paint(labels: Uint32Array): Uint32Array {
  return labels.map((label) => label + 1);
}

/** Seconds from painted labels to weights. */
function ourSeconds(labels: Uint32Array, shape: ShapeYX): number {
  const started = performance.now();
  const { target, objects } = trainingTarget({
    labels,
    shape,
    classIndexOf: () => 1,
    isRegion: () => false,
  });
  weightMap({
    target,
    objects,
    shape,
    preset: 'paper',
    ...WEIGHT_MAP_DEFAULTS.paper,
    classWeights: classWeights(countClasses(target, 2)),
  });
  return (performance.now() - started) / 1000;
}

/** Discs of 6 to 16 px radius at random places; later ones lie on earlier ones, so that many touch. */
function discs(count: number, shape: ShapeYX): Uint32Array {
  const random = createRandom(1, 0);
  const labels = new Uint32Array(shape.y * shape.x);
  for (let label = 1; label <= count; label++) {
    const [cy, cx, radius] = [random.next() * shape.y, random.next() * shape.x, 6 + 10 * random.next()];
    for (let y = Math.max(0, Math.ceil(cy - radius)); y < Math.min(shape.y, cy + radius); y++)
      for (let x = Math.max(0, Math.ceil(cx - radius)); x < Math.min(shape.x, cx + radius); x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 < radius * radius) labels[y * shape.x + x] = label;
  }
  return labels;
}
