/** A model that is whole in every part and as small as can be: a U-Net of depth 1 with two filters, all weights a quarter. */

import type { ModelDescription } from '../../app/engine/modelDescription.ts';
import { exportModel } from '../../app/engine/modelFile.ts';
import { weightsOfNetwork } from '../../app/engine/networks/listWeights.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../app/science/instances.ts';

/** Of things named `classNames`, background left out. */
export function tinyModel(classNames: readonly string[]): {
  description: ModelDescription;
  weights: Map<string, Float32Array>;
  bytes: Uint8Array;
} {
  const description: ModelDescription = {
    formatVersion: 1,
    network: {
      kind: 'unet',
      padding: 'same',
      depth: 1,
      baseFilters: 2,
      inputChannels: 1,
      classes: classNames.length + 1,
      normalisation: 'none',
      dropout: 0,
    },
    classNames: ['background', ...classNames],
    classKinds: ['background', ...classNames.map(() => 'thing' as const)],
    inputNormalisation: 'none',
    channels: [0],
    pixelSizeUm: null,
    mirrorAveraging: false,
    instances: { ...DEFAULT_INSTANCE_PARAMETERS },
    training: {},
  };
  const { parameters, running } = weightsOfNetwork(description.network);
  const weights = new Map(
    [...parameters, ...running].map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.25),
    ]),
  );
  return { description, weights, bytes: exportModel(description, weights) };
}
