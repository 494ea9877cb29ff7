/** What checkpoints cost a run: the real training loop, network and writer for two and a half minutes, at the usual interval. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkSpec } from '../../app/engine/modelDescription.ts';
import { TrainingStep } from '../../app/engine/runtime/trainingStep.ts';
import { buildTrainingModel } from '../../app/engine/training/buildTrainingModel.ts';
import { FileCheckpoints } from '../../app/engine/training/fileCheckpoints.ts';
import type { HyperParameters } from '../../app/engine/training/hyperParameters.ts';
import { initialiseParameters } from '../../app/engine/training/initialise.ts';
import { NetworkRunner } from '../../app/engine/training/networkRunner.ts';
import { runTraining } from '../../app/engine/training/trainer.ts';
import type { TrainingBatch } from '../../app/engine/training/trainerParts.ts';
import { TrainingControl } from '../../app/engine/training/trainingControl.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { CHECKPOINT_MILLISECONDS } from '../../app/services/trainingService.ts';
import type { Comparison } from './comparison.ts';

/**
 * Half of a short training. The first two checkpoints take three times as long as the rest, which write over a file that the
 * system holds in memory already, so a shorter run shows too large a share.
 */
const RUN_SECONDS = 150;
const THREADS = 2;

/**
 * Seconds that checkpoints take from a run on two cores that it has for itself: copying the state holds both up, writing takes
 * one of them as long as the writing thread computes (processor time, so that a busy neighbour does not count). Beside
 * it the wall-clock of the run up to the last checkpoint.
 */
export async function benchCheckpoints(): Promise<Comparison[]> {
  const { fast, paper } = PRESETS;
  return [
    await measure('fast', fast, 256),
    // A small tile: a checkpoint's size does not depend on it, and a step takes a second rather than seven.
    await measure('31-million-parameter network', { ...paper, dropout: 0 }, 252),
  ];
}

async function measure(name: string, plan: HyperParameters, side: number): Promise<Comparison> {
  const spec: NetworkSpec = {
    kind: 'unet',
    padding: plan.padding,
    depth: plan.depth,
    baseFilters: plan.baseFilters,
    inputChannels: 1,
    classes: 2,
    normalisation: plan.networkNormalisation,
    dropout: plan.dropout,
  };
  const { optimiser, averageDecay, clipNorm } = plan;
  const model = buildTrainingModel(spec, {
    batch: 1,
    tile: { y: side, x: side },
    optimiser: { ...optimiser, averageDecay, clipNorm },
  });
  const folder = mkdtempSync(join(tmpdir(), 'limn-bench-'));
  const checkpoints = new FileCheckpoints(folder);
  const step = await TrainingStep.create(model, { device: 'cpu', threads: THREADS });
  const runner = new NetworkRunner(step, model);
  await runner.load(initialiseParameters(model.parameters, 1));
  let copying = 0;
  const spans: { seconds: number; at: number }[] = [];
  const batch = batchOf(side, model.outputShape.y);
  const reading = runner.read.bind(runner);
  runner.read = async (into) => {
    const before = process.threadCpuUsage();
    const state = await reading(into);
    copying = cpuSeconds(process.threadCpuUsage(before));
    return state;
  };
  await runTraining({
    plan: { ...plan, learningRate: 1e-4 },
    budget: { seconds: RUN_SECONDS },
    seed: 1,
    start: { step: 0, seconds: 0, validationSeconds: 0, rateFactor: 1, rollbacks: 0, best: null },
    earlierPoints: [],
    runner,
    samples: { take: async () => batch },
    validator: null,
    previewer: null,
    pictures: { keep: () => undefined, forgetAfter: () => undefined },
    checkpoints,
    control: new TrainingControl(),
    keepFirstState: false,
    initialState: () => initialiseParameters(model.parameters, 1),
    onDevice: (work) => work(),
    checkpointMilliseconds: CHECKPOINT_MILLISECONDS,
    emit: (event) => {
      if (event.type === 'checkpoint')
        spans.push({
          // While the state is copied every thread of the step waits.
          seconds: copying + event.cpuMilliseconds / 1000 / THREADS,
          at: event.seconds + event.milliseconds / 1000,
        });
    },
  });
  await checkpoints.close();
  await step.dispose();
  rmSync(folder, { recursive: true });
  // The one at the very end is written once whatever the interval, and belongs to no interval.
  const within = spans.slice(0, -1);
  const last = within.at(-1);
  if (!last) throw new Error(`${name}: no checkpoint was written in ${RUN_SECONDS} s`);
  const intervals = within.map(({ at }, i) => at - (within[i - 1]?.at ?? 0));
  const longest = Math.max(...intervals);
  return {
    work: `checkpoints, ${name}`,
    peer: 'the run itself',
    atMost: 0.02,
    ours: [within.reduce((sum, { seconds }) => sum + seconds, 0)],
    theirs: [last.at],
    note: `${within.length} in ${last.at.toFixed(0)} s; at most ${longest.toFixed(0)} s from one to the next`,
  };
}

function cpuSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

function batchOf(side: number, outputSide: number): TrainingBatch {
  const pixels = outputSide * outputSide;
  return {
    image: Float32Array.from({ length: side * side }, (_, i) => ((i * 37) % 101) / 101 - 0.5),
    target: Uint8Array.from({ length: pixels }, (_, i) => 1 + ((i >> 3) & 1)),
    weight: new Float32Array(pixels).fill(1),
  };
}
