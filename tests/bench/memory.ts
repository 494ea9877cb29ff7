/** Peak memory of a training step against PyTorch, and of a large prediction, with its time, against a small one. */

import { type Comparison, runPeer } from './comparison.ts';
import { runFresh } from './freshProcess.ts';

/** Each side of each repeat is a fresh process; at this size more repeats tell nothing new. */
const MOST_REPEATS = 3;

/** The training step of the paper's network at its own size. */
export async function benchTrainingMemory(repeats: number): Promise<Comparison[]> {
  const [side, filters] = [572, 64];
  const ours: number[] = [];
  const theirs: number[] = [];
  let peer = 'PyTorch (missing)';
  for (let repeat = 0; repeat < Math.min(repeats, MOST_REPEATS); repeat++) {
    ours.push((await runFresh<{ peakBytes: number }>('trainingPeak.ts', side, filters)).peakBytes);
    const answer = runPeer<{ peakBytes: number; version: string }>('unet_torch.py', side, filters, 0, 1);
    if (answer === null) continue;
    peer = answer.version;
    theirs.push(answer.peakBytes);
  }
  return [
    {
      work: 'peak memory, training step, U-Net 64 filters, 572², valid',
      peer,
      atMost: 1.2,
      unit: 'bytes',
      ours,
      theirs,
      note: 'resident, each side a process of its own; SGD, momentum',
    },
  ];
}

interface Prediction {
  seconds: number[];
  peakBytes: number;
  resultBytes: number;
}

/** Prediction of 4096² beside 16 of 1024²: neither time nor memory may grow beyond the pixels. */
export async function benchLargePrediction(repeats: number): Promise<Comparison[]> {
  const [large, small] = [4096, 1024];
  const time = { ours: [] as number[], theirs: [] as number[] };
  const memory = { ours: [] as number[], theirs: [] as number[] };
  for (let repeat = 0; repeat < Math.min(repeats, MOST_REPEATS); repeat++) {
    const ofSmall = await runFresh<Prediction>('predictionPeak.ts', small, 4);
    const ofLarge = await runFresh<Prediction>('predictionPeak.ts', large, 1);
    // The first warms up; sixteen times the rest's mean.
    const warm = ofSmall.seconds.slice(1);
    time.theirs.push((16 * warm.reduce((sum, one) => sum + one, 0)) / warm.length);
    time.ours.push(...ofLarge.seconds);
    memory.theirs.push(ofSmall.peakBytes);
    memory.ours.push(ofLarge.peakBytes - ofLarge.resultBytes);
  }
  const note = 'U-Net 16 filters, padded; probabilities, without cutting objects';
  return [
    { work: 'prediction of 4096²', peer: 'ours, 16 times 1024²', atMost: 1.1, ...time, note },
    {
      work: 'peak memory, prediction of 4096² without its result',
      peer: 'ours, 1024²',
      atMost: 1.3,
      unit: 'bytes',
      ...memory,
      note,
    },
  ];
}
