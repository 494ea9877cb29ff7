/** What drawing samples with full augmentation adds to a training step that keeps both cores busy. */

import type { NetworkSpec } from '../../app/engine/modelDescription.ts';
import { sharePlane } from '../../app/engine/process/sharedPlanes.ts';
import { TrainingStep } from '../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { SamplePool } from '../../app/engine/training/samplePool.ts';
import { simulateNuclei } from '../../app/science/simulate/nuclei.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import type { Comparison } from './comparison.ts';

const SIDE = 256;
const THREADS = 2;
/** Steps of either kind in a repeat. */
const STEPS = 20;

/** Steps with a freshly drawn sample each, and with one and the same, by turns. */
export async function benchSampleCost(repeats: number): Promise<Comparison[]> {
  const { fast } = PRESETS;
  const spec: NetworkSpec = {
    kind: 'unet',
    padding: fast.padding,
    depth: fast.depth,
    baseFilters: fast.baseFilters,
    inputChannels: 1,
    classes: 2,
    normalisation: fast.networkNormalisation,
    dropout: fast.dropout,
  };
  const tile = { y: SIDE, x: SIDE };
  const { optimiser, averageDecay, clipNorm } = fast;
  const model = buildTrainingModel(spec, {
    batch: 1,
    tile,
    optimiser: { ...optimiser, averageDecay, clipNorm },
  });
  const step = await TrainingStep.create(model, { device: 'cpu', threads: THREADS });
  step.load(initialiseParameters(model.parameters, 1));
  const shape = { y: 520, x: 696 };
  const { image, labels } = simulateNuclei({ shape, seed: 1, index: 0 });
  const plane = sharePlane({
    shape,
    channels: [image],
    scale: [1 / 255],
    offset: [-0.5],
    target: Uint8Array.from(labels, (label) => (label > 0 ? 2 : 1)),
    weight: new Float32Array(labels.length).fill(1),
  });
  // As a run on two cores sets it up.
  const pool = new SamplePool({
    planes: [plane],
    sampling: { density: fast.density, backgroundDensity: fast.backgroundDensity },
    draw: { seed: 1, inputShape: tile, outputShape: model.outputShape, augmentation: fast.augmentation },
    batchSize: 1,
    ahead: 3,
    workers: 1,
  });
  const ours: number[] = [];
  const theirs: number[] = [];
  let number = 0;
  const fixed = await pool.take(number++);
  const same = {
    ...fixed,
    image: fixed.image.slice(),
    target: fixed.target.slice(),
    weight: fixed.weight.slice(),
  };
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let count = 0; count < STEPS; count++) {
      const started = performance.now();
      await step.run({ ...(await pool.take(number++)), learningRate: 1e-4 });
      ours.push((performance.now() - started) / 1000);
    }
    // Samples drawn ahead are finished before the other kind begins.
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let count = 0; count < STEPS; count++) {
      const started = performance.now();
      await step.run({ ...same, learningRate: 1e-4 });
      theirs.push((performance.now() - started) / 1000);
    }
  }
  await pool.close();
  await step.dispose();
  return [
    {
      work: 'training step with its sample drawn, fast, 256²',
      peer: 'the step on one and the same sample',
      atMost: 1.1,
      ours,
      theirs,
      note: 'full augmentation, both cores busy',
    },
  ];
}
