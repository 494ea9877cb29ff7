/** What a Limn model says about itself: written into the ONNX file's metadata (`limn`), read back by prediction and fine-tuning. */

/** What every network is told. */
interface AnyNetworkSpec {
  inputChannels: number;
  /** Output channels, background included (>= 2). */
  classes: number;
  /** Filters of the first level, which every other layer's number follows. */
  baseFilters: number;
  /** Dropout probability (0 = none). */
  dropout: number;
}

/** U-Net (Ronneberger et al. 2015); its filters double at each level, 64 at the first in the paper. */
export interface UnetSpec extends AnyNetworkSpec {
  kind: 'unet';
  /** `valid`: the paper's unpadded convolutions; `same`: zero-padded, output as large as the input. */
  padding: 'valid' | 'same';
  /** Number of poolings; 4 in the paper. */
  depth: number;
  /** Normalisation after each 3×3 convolution. */
  normalisation: 'none' | 'batch' | 'instance' | 'group';
}

/** Classifiers that FCNs are made of. */
export const BACKBONES = ['alexnet', 'vgg16', 'googlenet'] as const;
export type Backbone = (typeof BACKBONES)[number];

/**
 * Fully convolutional network (Long, Shelhamer, Darrell 2015) on a classifier. `baseFilters` 64 is the published width;
 * every layer's number of filters scales with it.
 */
export interface FcnSpec extends AnyNetworkSpec {
  kind: 'fcn';
  backbone: Backbone;
  /** Stride of the finest scores, px: 32 for FCN-32s, 16 for FCN-16s, 8 for FCN-8s. */
  finestStride: 32 | 16 | 8;
}

/** Classifier of the middle pixel of a window (Cireşan et al. 2012); 48 base filters are the published width. */
export interface PatchClassifierSpec extends AnyNetworkSpec {
  kind: 'patch-classifier';
  /** One window at a time (training on patches), or all windows of a tile at once, with the same result. */
  evaluation: 'sliding-window' | 'shift-and-stitch';
}

/** A network that the graph builder can emit for training and for inference. */
export type NetworkSpec = UnetSpec | FcnSpec | PatchClassifierSpec;

/** How grey values become network input, per image and channel. */
export type InputNormalisation = 'none' | 'min-max' | 'z-score' | 'percentile';

/** From probabilities to objects: thresholds and seeded watershed. */
export interface InstanceParameters {
  /** Foreground where 1 − p(background) is strictly above this. */
  threshold: number;
  /** Smallest height in px by which two maxima of the smoothed distance transform must stand out to be two seeds. */
  seedDistancePx: number;
  /** Objects with fewer pixels are dropped. */
  minimumSizePx: number;
  fillHoles: boolean;
  /** Objects that touch the edge of the plane are dropped; absent in files of earlier versions: false. */
  clearBorder?: boolean | undefined;
  /** Grow objects back by the pixel that touching objects lost to the border class. */
  growPx: number;
}

export interface ModelDescription {
  formatVersion: 1;
  network: NetworkSpec;
  /** Background first; length = network.classes. */
  classNames: string[];
  /** `thing` classes count as objects, `stuff` classes are regions; same order as classNames. */
  classKinds: ('background' | 'thing' | 'stuff')[];
  inputNormalisation: InputNormalisation;
  /** Which channels of an image the network sees, in order. */
  channels: number[];
  /** Pixel size of the training grid, µm; null where the images had none. */
  pixelSizeUm: number | null;
  /** Average the prediction over the four mirror images. */
  mirrorAveraging: boolean;
  /**
   * Added to the logits, `[classes]`, background first: takes back how far weights in the loss push probabilities. Absent
   * in files of earlier versions: zeros.
   */
  classOffsets?: number[];
  instances: InstanceParameters;
  /** How it came to be: preset, hyper-parameters, seed, steps, device, images … all recorded. */
  training: Record<string, string | number | boolean | null | string[]>;
}
