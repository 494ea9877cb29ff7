/** The recipes of training, one row each: tuning a preset is editing this table. */

import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import { LimnError } from '../errors.ts';
import { PAPER_AUGMENTATION } from '../science/augment.ts';
import type { Backbone, Preset } from './requests.ts';

/** Ronneberger et al. 2015, with the reading of what it leaves open that `paper` stands for: rate, biases, dropout, grey values. */
const paper: HyperParameters = {
  padding: 'valid',
  depth: 4,
  baseFilters: 64,
  networkNormalisation: 'none',
  dropout: 0.5,
  inputNormalisation: 'min-max',
  tileSize: 572,
  batchSize: 1,
  optimiser: { kind: 'sgd', momentum: 0.99 },
  learningRate: 1e-3,
  schedule: 'constant',
  warmupSteps: 0,
  clipNorm: 0,
  averageDecay: 0,
  weightMap: 'paper',
  w0: 10,
  sigmaPx: 5,
  classBalance: 1,
  density: 'labelled',
  backgroundDensity: 1,
  augmentation: PAPER_AUGMENTATION,
  validationEvery: 20,
  validationTiles: 8,
  mirrorAveraging: false,
};

/**
 * Chosen by short runs on nuclei and membranes, one seed each. Batch normalisation and free augmentation brought most,
 * square-root class weights put the decision near ½. Z-score input: on three partly painted images of nuclei 250 steps gave a
 * mean F1 of 0.853, with percentiles 0.802. Four tiles of 128 px cost what one of 256 px does and make statistics of a batch
 * that hold elsewhere: ISBI 2012, 400 steps, pixel error at the best threshold 0.089 against 0.100 (two of 192 px: 0.089
 * with the grey changes below). Grey changes of a third: 0.086 against 0.089; on the partly painted nuclei, 300 steps, both
 * together a mean F1 of 0.864 against 0.857.
 */
const fast: HyperParameters = {
  padding: 'same',
  depth: 4,
  baseFilters: 16,
  networkNormalisation: 'batch',
  dropout: 0,
  inputNormalisation: 'z-score',
  tileSize: 128,
  batchSize: 4,
  optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.01 },
  learningRate: 4e-3,
  schedule: 'cosine',
  warmupSteps: 50,
  clipNorm: 1,
  averageDecay: 0.98,
  weightMap: 'paper',
  w0: 10,
  sigmaPx: 5,
  classBalance: 0.5,
  density: 'labelled',
  backgroundDensity: 1,
  augmentation: {
    flip: true,
    rotation: 'free',
    scaleRange: [0.905, 1.105],
    elasticSigmaPx: 3,
    elasticGrid: 5,
    gain: [0.75, 1.33],
    offset: [-0.3, 0.3],
    gamma: [0.75, 1.33],
  },
  validationEvery: 25,
  validationTiles: 48,
  mirrorAveraging: true,
  fitClassOffsets: true,
};

/** What differs between the classifiers that FCNs are made of: rates and decays of SCIENCE.md, dropout as in the classifier. */
const BACKBONES: Readonly<
  Record<Backbone, { learningRate: number; weightDecay: number; dropout: number; tileSize: number }>
> = {
  alexnet: { learningRate: 1e-3, weightDecay: 5e-4, dropout: 0.5, tileSize: 579 },
  vgg16: { learningRate: 1e-4, weightDecay: 5e-4, dropout: 0.5, tileSize: 628 },
  // Its windows reach over 715 px: a smaller tile would give hardly any pixel to learn from.
  googlenet: { learningRate: 5e-5, weightDecay: 2e-4, dropout: 0.4, tileSize: 939 },
};

/**
 * Long, Shelhamer, Darrell 2015: every labelled pixel counts the same, and each finer stage learns at a hundredth of the
 * rate of the one that it starts from.
 */
function fcn(finestStride: 32 | 16 | 8, backbone: Backbone): HyperParameters {
  const { learningRate, weightDecay, dropout, tileSize } = BACKBONES[backbone];
  const { [finestStride]: stage } = { 32: 1, 16: 1e-2, 8: 1e-4 };
  return {
    ...paper,
    network: 'fcn',
    backbone,
    finestStride,
    inputNormalisation: 'z-score',
    dropout,
    tileSize,
    // Minibatches of 20 images.
    accumulate: 20,
    optimiser: { kind: 'sgd', momentum: 0.9, weightDecay },
    learningRate: learningRate * stage,
    w0: 0,
    classBalance: 0,
  };
}

/** Cireşan et al. 2012: windows around single pixels, classes balanced; the rate and the batch are ours. */
const patchClassifier: HyperParameters = {
  ...paper,
  network: 'patch-classifier',
  baseFilters: 48,
  inputNormalisation: 'z-score',
  dropout: 0,
  tileSize: 95,
  batchSize: 32,
  optimiser: { kind: 'sgd', momentum: 0.9 },
  learningRate: 1e-2,
  w0: 0,
  validationTiles: 64,
};

export const PRESETS: Readonly<Record<Preset, HyperParameters>> = {
  fast,
  paper,
  'paper-narrow': { ...paper, baseFilters: 16, tileSize: 380 },
  fiji: {
    ...paper,
    optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    learningRate: 1e-4,
    weightMap: 'fiji',
    w0: 50,
    sigmaPx: 6,
    density: 'fiji',
    backgroundDensity: 0.1,
    baseFilters: 32,
    tileSize: 380,
  },
  'fcn-32s': fcn(32, 'vgg16'),
  'fcn-16s': fcn(16, 'vgg16'),
  'fcn-8s': fcn(8, 'vgg16'),
  'patch-classifier': patchClassifier,
};

/**
 * The recipe of a preset, of an FCN preset on the given classifier.
 * @throws WrongUsage where a classifier is given for another network
 */
export function presetOf(preset: Preset, backbone?: Backbone): HyperParameters {
  const recipe = PRESETS[preset];
  if (backbone === undefined) return recipe;
  if (recipe.network !== 'fcn' || recipe.finestStride === undefined) {
    throw new LimnError(
      'WrongUsage',
      `The preset ${preset} is no FCN and has no backbone; leave --backbone out, or choose fcn-32s, fcn-16s or fcn-8s.`,
      { fields: { preset, backbone } },
    );
  }
  return fcn(recipe.finestStride, backbone);
}
