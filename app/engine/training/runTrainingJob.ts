/** Puts a training run together (network, device, samples, validation, checkpoints), lets it run, and gives back what it learnt. */

import { LimnError } from '../../errors.ts';
import type { ShapeYX } from '../../science/geometry.ts';
import type { TrainingPlane } from '../../science/trainingSample.ts';
import { sizeOf } from '../graph/value.ts';
import { inputSideFor, isOutputLayer, outputSideOf } from '../networks/networkKinds.ts';
import type { TrainingEvent, TrainingJob, TrainingOutcome, Weights } from '../process/protocol.ts';
import { openTfEngine } from '../tfjs/tfEngine.ts';
import type { TrainingLayout } from './buildTrainingModel.ts';
import type { TrainingPosition } from './checkpoint.ts';
import { FileCheckpoints } from './fileCheckpoints.ts';
import { initialiseParameters } from './initialise.ts';
import { NetworkRunner } from './networkRunner.ts';
import { forgetSamplesAfter, writeSample } from './runSample.ts';
import { SamplePool } from './samplePool.ts';
import { TileValidator } from './tileValidator.ts';
import { runTraining } from './trainer.ts';
import type { TrainingControl } from './trainingControl.ts';
import { openOnnxEngine } from './trainingEngine.ts';

export interface TrainingPlanes {
  training: TrainingPlane[];
  validation: TrainingPlane[];
}

export interface RunTrainingJobOptions {
  planes: TrainingPlanes;
  control: TrainingControl;
  /** Lets a step or a validation onto the device when it is free. */
  onDevice: <T>(work: () => Promise<T>) => Promise<T>;
  emit: (event: TrainingEvent) => void;
}

/** Batches prepared ahead of the step that runs. */
const BATCHES_AHEAD = 3;

/** Tiles of the training images among which the one that is pictured is chosen, where none are validated on. */
const PREVIEW_TILES = 8;

const BEGINNING: TrainingPosition = {
  step: 0,
  seconds: 0,
  validationSeconds: 0,
  rateFactor: 1,
  rollbacks: 0,
  best: null,
};

/**
 * Trains until the job's budget is used up or `control` asks to stop.
 * @throws NotEnoughLabels without a labelled pixel, DeviceUnavailable, TrainingDiverged, CorruptFile for a damaged checkpoint
 */
export async function runTrainingJob(
  job: TrainingJob,
  options: RunTrainingJobOptions,
): Promise<TrainingOutcome> {
  const { network, plan, seed, threads } = job;
  const { planes, control, emit } = options;
  const side = inputSideFor(network, plan.tileSize);
  const outputSide = outputSideOf(network, side);
  const inputShape: ShapeYX = { y: side, x: side };
  const outputShape: ShapeYX = { y: outputSide, x: outputSide };
  const { optimiser, averageDecay, clipNorm } = plan;
  const openEngine = job.engine === 'tfjs' ? openTfEngine : openOnnxEngine;
  const { device, why, layout, createStep, predictorOf } = await openEngine(job, {
    batch: plan.batchSize,
    accumulate: plan.accumulate ?? 1,
    tile: inputShape,
    optimiser: { ...optimiser, averageDecay, clipNorm },
    trains: ({ name }) => plan.trainedLayers !== 'output' || isOutputLayer(network, name),
  });
  const closing: (() => Promise<void>)[] = [];
  try {
    const checkpoints = new FileCheckpoints(job.runFolder);
    closing.push(() => checkpoints.close());
    const checkpoint = job.resume ? checkpoints.readLast() : null;
    if (checkpoint && checkpoint.seed !== seed) {
      throw new LimnError(
        'CorruptFile',
        `The checkpoint in ${job.runFolder} belongs to another run; start a new run.`,
      );
    }
    const step = await createStep();
    closing.push(() => step.dispose());
    const runner = new NetworkRunner(step, layout);
    const { firstState, taken, drawn } = firstWeightsOf(layout, job);
    await runner.load(checkpoint?.tensors ?? firstState());
    const samples = new SamplePool({
      planes: planes.training,
      sampling: { density: plan.density, backgroundDensity: plan.backgroundDensity },
      draw: { seed, inputShape, outputShape, augmentation: plan.augmentation },
      batchSize: plan.batchSize * (plan.accumulate ?? 1),
      ahead: BATCHES_AHEAD,
      workers: Math.min(2, Math.max(1, threads - 1)),
    });
    closing.push(() => samples.close());
    const tilesOf = (from: readonly TrainingPlane[], tiles: number): TileValidator =>
      new TileValidator({
        planes: from,
        inputShape,
        outputShape,
        classes: network.classes,
        tiles,
        predictorOf,
      });
    const validator = tilesOf(planes.validation, plan.validationTiles);
    const isValidated = validator.tileCount > 0;
    const start = checkpoint?.position ?? BEGINNING;
    const parameters = layout.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    emit({
      type: 'started',
      device,
      why,
      parameters,
      step: start.step,
      seconds: start.seconds,
      inputShape,
      outputShape,
      ...(checkpoint ? { taken: [], drawn: [] } : { taken, drawn }),
    });
    const { end, position } = await runTraining({
      plan,
      budget: job.budget,
      seed,
      start,
      earlierPoints: checkpoint?.points ?? [],
      runner,
      samples,
      validator: isValidated ? validator : null,
      previewer: isValidated ? null : tilesOf(planes.training, PREVIEW_TILES),
      pictures: {
        keep: (at, picture) => writeSample(job.runFolder, at, picture),
        forgetAfter: (at) => forgetSamplesAfter(job.runFolder, at),
      },
      checkpoints,
      control,
      keepFirstState: checkpoint === null && job.initialWeights !== null,
      initialState: firstState,
      onDevice: options.onDevice,
      checkpointMilliseconds: job.checkpointMilliseconds,
      emit,
    });
    if (end === 'interrupted') return { end, position, last: null, best: null };
    const last = runner.weightsOf(await runner.read());
    return { end, position, last, best: bestOf(checkpoints, position) };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function bestOf(checkpoints: FileCheckpoints, position: TrainingPosition): TrainingOutcome['best'] {
  if (!position.best) return null;
  const best = checkpoints.readBest();
  return best ? { weights: best.tensors, score: best.position.best ?? position.best } : null;
}

/** The weights before the first step: drawn from the seed, with those to fine-tune put in by name and size. */
function firstWeightsOf(
  layout: TrainingLayout,
  job: TrainingJob,
): { firstState: () => Weights; taken: string[]; drawn: string[] } {
  const given = job.initialWeights ?? new Map<string, Float32Array>();
  const names = layout.parameters.map(({ name }) => name);
  const fits = new Set(
    layout.parameters
      .filter(({ name, shape }) => given.get(name)?.length === sizeOf(shape))
      .map(({ name }) => name),
  );
  // Running statistics of normalisation layers belong to the weights that they were measured with.
  const running = layout.state.filter(
    ({ role, name, shape }) => role === 'running' && given.get(name)?.length === sizeOf(shape),
  );
  const firstState = (): Weights => {
    const weights = initialiseParameters(layout.parameters, job.seed);
    for (const name of [...fits, ...running.map((spec) => spec.name)]) {
      weights.set(name, new Float32Array(given.get(name) ?? []));
    }
    return weights;
  };
  return {
    firstState,
    taken: names.filter((name) => fits.has(name)),
    drawn: names.filter((name) => !fits.has(name)),
  };
}
