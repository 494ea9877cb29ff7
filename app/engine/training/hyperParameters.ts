/** Every knob of a training run in one record: resolved by the services' presets, obeyed by the engine, written into the model. */

import type { AugmentationOptions } from '../../science/augment.ts';
import type { Backbone, FcnSpec, InputNormalisation } from '../modelDescription.ts';

export type Optimiser =
  /** `weightDecay` is part of the gradient (L2); absent = none. */
  | { kind: 'sgd'; momentum: number; weightDecay?: number }
  /** `weightDecay` is decoupled (AdamW). */
  | { kind: 'adam'; beta1: number; beta2: number; epsilon: number; weightDecay: number };

export interface HyperParameters {
  /** Kind of network; absent (as in runs of earlier versions): a U-Net. */
  network?: 'unet' | 'fcn' | 'patch-classifier';
  /** FCN: the classifier it is made of, and the stride of its finest scores. */
  backbone?: Backbone;
  finestStride?: FcnSpec['finestStride'];
  /** `valid`: unpadded as in the paper; `same`: zero-padded. */
  padding: 'valid' | 'same';
  depth: number;
  baseFilters: number;
  networkNormalisation: 'none' | 'batch' | 'instance' | 'group';
  dropout: number;
  /** Which layers learn: all (also where absent), or only those that give the classes. */
  trainedLayers?: 'all' | 'output';
  inputNormalisation: InputNormalisation;
  /** Side of a square input tile, px; the network's smallest legal size at or above it is taken. */
  tileSize: number;
  /** Tiles of one pass. */
  batchSize: number;
  /** Passes whose gradients make one update; without it 1. */
  accumulate?: number;

  optimiser: Optimiser;
  /** Highest rate of the schedule. */
  learningRate: number;
  schedule: 'constant' | 'cosine';
  /** Steps over which the rate rises linearly from zero; at most a tenth of the run. */
  warmupSteps: number;
  /** Gradient is scaled down to this global norm; 0 = never. */
  clipNorm: number;
  /** Decay of the moving average of the weights, which becomes the model; 0 = the weights themselves. */
  averageDecay: number;

  weightMap: 'paper' | 'fiji';
  /** Height of the border term. */
  w0: number;
  /** Width of the border term, px. */
  sigmaPx: number;
  /** Exponent on the class weights: 1 balances the classes fully (SCIENCE.md), 0 leaves them equal. */
  classBalance: number;

  /** Where tiles are drawn: around any labelled pixel, or with the Fiji plugin's densities. */
  density: 'labelled' | 'fiji';
  /** Density of background pixels when `density` is `fiji`. */
  backgroundDensity: number;
  augmentation: AugmentationOptions;

  /** Least number of steps between two validations. */
  validationEvery: number;
  /** The run ends after this many validations without a lower loss; 0 or nothing: never. */
  patience?: number;
  /** Most tiles that one validation looks at. */
  validationTiles: number;
  /** Average the prediction over the four mirror images. */
  mirrorAveraging: boolean;
  /** Fit class offsets after training; absent (as in runs of earlier versions): no. */
  fitClassOffsets?: boolean;
}

/** How long a run lasts: so many steps, or so many seconds of training time. */
export type TrainingBudget = { steps: number } | { seconds: number };
