/** The model of a run: its network before, its weights to begin with, and what is stored at the end. */

import { readFile } from 'node:fs/promises';
import type { EngineHost } from '../engine/host.ts';
import type { ModelDescription, NetworkSpec } from '../engine/modelDescription.ts';
import { exportModel, readModel } from '../engine/modelFile.ts';
import { inputSideFor, networkForPrediction, outputSideOf } from '../engine/networks/networkKinds.ts';
import { evaluationFor } from '../engine/networks/patchClassifier.ts';
import type { FitPlane, TrainingOutcome, Weights } from '../engine/process/protocol.ts';
import { type Box, cropPlane, growBox, labelledBox } from '../engine/training/trainingGeometry.ts';
import { isLimnError, LimnError, throwIfCancelled } from '../errors.ts';
import type { ShapeYX } from '../science/geometry.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../science/instances.ts';
import { normalisationOf } from '../science/normalise.ts';
import type { ImageRow, ModelRow } from '../store/types.ts';
import { baseModelPath, isBaseModel } from './baseModels.ts';
import { evenly } from './evenly.ts';
import { flatHyperParameters } from './flatHyperParameters.ts';
import { resolveModel } from './modelService.ts';
import { commonPixelSize } from './pixelSize.ts';
import type { Project } from './project.ts';
import {
  cropPixels,
  type LabelledPlane,
  labelledPlanes,
  referenceClasses,
  referenceObjects,
} from './trainingData.ts';
import { placeOf, type TrainingPlan } from './trainingPlan.ts';

/** Planes that instance parameters are fitted on, at most, and the longest side of the part that is taken of each. */
const FIT_PLANES = 6;
const FIT_SIDE_PX = 640;
/** Context around the labels that the fit sees, px. */
const FIT_CONTEXT_PX = 32;
/** Pixels that the fit looks at in all: some ten seconds on two cores, and the same for every run of a plan. */
const FIT_PIXELS = 1.2e6;

/** The network of a plan on this project's classes. */
export function networkOf(
  project: Project,
  plan: Pick<TrainingPlan, 'hyperParameters' | 'channels'>,
): NetworkSpec {
  const { hyperParameters } = plan;
  const { network = 'unet', backbone = 'vgg16', finestStride = 32, baseFilters, dropout } = hyperParameters;
  const inputChannels = plan.channels.length;
  const classes = project.store.classes.list().length + 1;
  const common = { baseFilters, inputChannels, classes, dropout };
  switch (network) {
    case 'fcn':
      return { kind: 'fcn', backbone, finestStride, ...common };
    case 'patch-classifier':
      return { kind: network, evaluation: evaluationFor(hyperParameters.tileSize), ...common };
    case 'unet': {
      const { padding, depth, networkNormalisation: normalisation } = hyperParameters;
      return { kind: 'unet', padding, depth, normalisation, ...common };
    }
  }
}

/**
 * Weights to fine-tune: of a base model (`nuclei`, `membranes`), of the project (`best`, `last`, its number)
 * or of a Limn ONNX file; null for `scratch`.
 * @throws NotFound, UnsupportedFormat or CorruptFile with the name of what was asked for
 */
export async function initialWeightsOf(project: Project, init: string): Promise<Weights | null> {
  return (await readInit(project, init))?.weights ?? null;
}

/** Pixel size of what a run begins with, µm; null from scratch or where it has none. Throws as {@link initialWeightsOf}. */
export async function pixelSizeOfInit(project: Project, init: string): Promise<number | null> {
  return (await readInit(project, init))?.description.pixelSizeUm ?? null;
}

async function readInit(project: Project, init: string): Promise<ReturnType<typeof readModel> | null> {
  if (init === 'scratch') return null;
  if (isProjectModel(init)) {
    return readModel(project.store.models.readBytes(resolveModel(project, init).modelId));
  }
  const [path, remedy] = isBaseModel(init)
    ? [baseModelPath(init), 'make it with npm run base-models, or say scratch']
    : [init, 'check the path, or say scratch, best, last or a model number'];
  return readModel(await readModelFile(path, remedy), `'${init}'`);
}

/** Whether a name means a model of the project rather than a file. */
export function isProjectModel(init: string): boolean {
  return init === 'best' || init === 'last' || /^\d+$/.test(init);
}

/** Bytes of a model file. Throws NotFound with its name and the remedy. */
export async function readModelFile(path: string, remedy = 'check the path'): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LimnError('NotFound', `The model '${path}' cannot be read; ${remedy}.`, {
      cause,
      fields: { path },
    });
  }
}

/** Input and output of a training tile: the smallest legal size that is at least the wanted one. */
export function tileShapesOf(network: NetworkSpec, tileSize: number): { input: ShapeYX; output: ShapeYX } {
  const input = inputSideFor(network, tileSize);
  const output = outputSideOf(network, input);
  return { input: { y: input, x: input }, output: { y: output, x: output } };
}

interface StoreContext {
  project: Project;
  engine: EngineHost;
  runId: number;
  plan: TrainingPlan;
  outcome: TrainingOutcome;
  note: (message: string) => void;
  /** Once it fires the fit of objects is cut short; the model is stored all the same. */
  signal: AbortSignal | undefined;
}

/**
 * Stores what a run has learnt: `best` by validation and `last`, one model where both are the same. The parameters
 * from probabilities to objects are fitted on training images with the weights that are stored.
 * @returns the best model
 */
export async function storeModels(context: StoreContext): Promise<ModelRow> {
  const { project, runId, plan, outcome } = context;
  const { last, best, position } = outcome;
  if (!last)
    throw new LimnError('InvalidInput', `Run ${runId} was interrupted before it had a model; resume it.`);
  const fitted = await fitDecisions(context, best?.weights ?? last);
  const store = (
    role: 'best' | 'last',
    weights: Weights,
    step: number,
    validationLoss: number | null,
  ): ModelRow => {
    const description = describe(context, step, fitted);
    let parameters = 0;
    for (const values of weights.values()) parameters += values.length;
    const name = `${plan.preset} ${runId} ${role}`;
    const row = { name, runId, role, step, description, parameters, validationLoss };
    return project.store.models.add(row, exportModel(description, weights));
  };
  if (!best || best.score.step === position.step) {
    return store('best', last, position.step, best?.score.validationLoss ?? null);
  }
  const row = store('best', best.weights, best.score.step, best.score.validationLoss);
  store('last', last, position.step, null);
  return row;
}

function describe(context: StoreContext, step: number, decisions: Decisions): ModelDescription {
  const { project, plan, outcome } = context;
  const classes = project.store.classes.list();
  const { hyperParameters, budget } = plan;
  return {
    formatVersion: 1,
    network: networkForPrediction(networkOf(project, plan)),
    classNames: ['background', ...classes.map((row) => row.name)],
    classKinds: ['background', ...classes.map((row) => row.kind)],
    inputNormalisation: hyperParameters.inputNormalisation,
    channels: plan.channels,
    pixelSizeUm:
      plan.pixelSizeUm === undefined ? commonPixelSize(trainingImages(project, plan)) : plan.pixelSizeUm,
    mirrorAveraging: hyperParameters.mirrorAveraging,
    ...decisions,
    training: {
      preset: plan.preset,
      ...flatHyperParameters(hyperParameters),
      budget: 'steps' in budget ? `${budget.steps} steps` : `${budget.seconds / 60} minutes`,
      step,
      steps: outcome.position.step,
      seconds: Math.round(outcome.position.seconds * 10) / 10,
      seed: plan.seed,
      threads: plan.threads,
      engine: plan.engine ?? 'onnx',
      device: placeOf(plan),
      init: plan.init,
      ...(plan.version !== undefined && { version: plan.version }),
      ...(plan.backboneWeights !== undefined && { backboneWeights: plan.backboneWeights }),
      images: plan.imageNames,
      validation: plan.validationNames,
    },
  };
}

function trainingImages(project: Project, plan: TrainingPlan): ImageRow[] {
  return plan.imageIds.map((id) => project.store.images.get(id));
}

/** How probabilities become decisions: what is fitted once the weights are there. */
type Decisions = Pick<ModelDescription, 'classOffsets' | 'instances'>;

/** Class offsets and object parameters fitted on training images; the defaults, with a note, where that fails. */
async function fitDecisions(context: StoreContext, weights: Weights): Promise<Decisions> {
  const { project, engine, plan, runId, note, signal } = context;
  const defaults: Decisions = { instances: { ...DEFAULT_INSTANCE_PARAMETERS } };
  const description = describe(context, context.outcome.position.step, defaults);
  const isFitted = description.classKinds.includes('thing') || plan.hyperParameters.fitClassOffsets;
  if (!isFitted) return defaults;
  note('Fitting the decisions of the model on the training images …');
  const fit = async (): Promise<Decisions> => {
    const key = `fit ${runId}`;
    const bytes = exportModel(description, weights);
    const device = plan.usedDevice ?? plan.device;
    await engine.request('loadModel', { key, bytes, device, threads: plan.threads });
    const planes = await fitPlanes(project, plan, signal);
    const fitsClassOffsets = plan.hyperParameters.fitClassOffsets ?? false;
    const request = { key, planes, fitsClassOffsets };
    return engine.request('fitDecisions', request, signal ? { signal } : {});
  };
  try {
    return await unlessAborted(fit(), signal);
  } catch (error) {
    if (isLimnError(error, 'Cancelled')) {
      note('The fit was cut short, so the model decides with the default parameters.');
      return defaults;
    }
    const reason = error instanceof Error ? error.message : String(error);
    note(
      `Class offsets and the way from probabilities to objects were not fitted, the defaults are used. ${reason}`,
    );
    return defaults;
  }
}

/** The work's result; rejects with Cancelled as soon as the signal fires, though the engine may still be at it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new LimnError('Cancelled', 'Stopped on request.'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  // Whichever loses the race fails unheard.
  work.catch(() => undefined);
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Labelled parts of planes at even distances through the training images, as many as the fit has time for. */
async function fitPlanes(
  project: Project,
  plan: TrainingPlan,
  signal: AbortSignal | undefined,
): Promise<FitPlane[]> {
  const rows = plan.imageIds.map((id) => project.store.images.get(id));
  const planes: FitPlane[] = [];
  let pixels = 0;
  for (const labelled of evenly(labelledPlanes(project, rows), FIT_PLANES)) {
    throwIfCancelled(signal);
    const plane = await fitPlane(project, labelled, plan);
    pixels += plane.shape.y * plane.shape.x;
    if (planes.length > 0 && pixels > FIT_PIXELS) break;
    planes.push(plane);
  }
  return planes;
}

/** The labelled part of a plane, normalised as the whole. */
async function fitPlane(
  project: Project,
  { image, t, z }: LabelledPlane,
  plan: TrainingPlan,
): Promise<FitPlane> {
  const labels = project.store.labels.readPlane(image.imageId, t, z);
  const box = fitBox(labels, image);
  const plane: FitPlane = {
    channels: [],
    shape: { y: box.y1 - box.y0, x: box.x1 - box.x0 },
    pixelSizeUm: image.pixelSizeUm,
    normalisation: [],
    reference: cropPlane(referenceObjects(project, image, labels), image.shape, box),
    classes: cropPlane(referenceClasses(project, image.imageId, labels), image.shape, box),
  };
  for (const c of plan.channels) {
    const pixels = await project.store.images.readPlane(image.imageId, t, z, c);
    plane.normalisation?.push(normalisationOf(pixels, plan.hyperParameters.inputNormalisation));
    plane.channels.push(cropPixels(pixels, image.shape, box));
  }
  return plane;
}

function fitBox(labels: Uint32Array, image: ImageRow): Box {
  const tight = labelledBox(labels, image.shape) ?? { y0: 0, x0: 0, y1: image.shape.y, x1: image.shape.x };
  const box = growBox(tight, FIT_CONTEXT_PX, image.shape);
  return { ...box, y1: Math.min(box.y1, box.y0 + FIT_SIDE_PX), x1: Math.min(box.x1, box.x0 + FIT_SIDE_PX) };
}
