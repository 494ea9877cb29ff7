/** The weight map against SciPy's way of one distance transform an object, on 520 × 696 px with 191 nuclei. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTiff } from '../../app/imaging/writeTiff.ts';
import { createRandom } from '../../app/science/random.ts';
import { trainingTarget } from '../../app/science/trainingTarget.ts';
import { classWeights, countClasses, WEIGHT_MAP_DEFAULTS, weightMap } from '../../app/science/weightMap.ts';
import { type Comparison, runPeer } from './comparison.ts';

const SHAPE = { y: 520, x: 696 };

/** Alternates ours and the peer; each repeat is a fresh process on the peer's side, of which only the work is timed. */
export async function benchWeightMap(repeats: number): Promise<Comparison[]> {
  const labels = discs(191);
  const folder = mkdtempSync(join(tmpdir(), 'limn-bench-'));
  const path = join(folder, 'labels.tif');
  await writeTiff(path, {
    planes: [Uint16Array.from(labels)],
    shape: { t: 1, z: 1, c: 1, ...SHAPE },
    numberType: 'uint16',
    pixelSizeUm: null,
  });
  const ours: number[] = [];
  const theirs: number[] = [];
  let peer = 'SciPy (missing)';
  for (let warming = 0; warming < 10; warming++) ourSeconds(labels);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let time = 0; time < 5; time++) ours.push(ourSeconds(labels));
    const answer = runPeer<{ seconds: number[]; version: string }>('weight_map_scipy.py', path, 1);
    if (answer === null) continue;
    peer = answer.version;
    theirs.push(...answer.seconds);
  }
  rmSync(folder, { recursive: true });
  return [
    {
      work: 'weight map, 520×696, 191 objects',
      peer: `${peer}, one transform an object`,
      atMost: 0.02,
      ours,
      theirs,
      note: '',
    },
  ];
}

function ourSeconds(labels: Uint32Array): number {
  const started = performance.now();
  const painted = labels.map((label) => label + 1);
  const { target, objects } = trainingTarget({
    labels: painted,
    shape: SHAPE,
    classIndexOf: () => 1,
    isRegion: () => false,
  });
  weightMap({
    target,
    objects,
    shape: SHAPE,
    preset: 'paper',
    ...WEIGHT_MAP_DEFAULTS.paper,
    classWeights: classWeights(countClasses(target, 2)),
  });
  return (performance.now() - started) / 1000;
}

/** Discs of 6 to 16 px radius at random places; later ones lie on earlier ones, so that many touch. */
function discs(count: number): Uint32Array {
  const random = createRandom(1, 0);
  const labels = new Uint32Array(SHAPE.y * SHAPE.x);
  for (let label = 1; label <= count; label++) {
    const [cy, cx, radius] = [random.next() * SHAPE.y, random.next() * SHAPE.x, 6 + 10 * random.next()];
    for (let y = Math.max(0, Math.ceil(cy - radius)); y < Math.min(SHAPE.y, cy + radius); y++)
      for (let x = Math.max(0, Math.ceil(cx - radius)); x < Math.min(SHAPE.x, cx + radius); x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 < radius * radius) labels[y * SHAPE.x + x] = label;
  }
  return labels;
}
