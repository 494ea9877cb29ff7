/** Predicts a 16-bit plane of `side` px with the network of the preset fast: seconds of each time, and the process's peak. */

import { weightsOfNetwork } from '../../../app/engine/networks/listWeights.ts';
import { predictPlane } from '../../../app/engine/prediction/predictPlane.ts';
import { Predictor } from '../../../app/engine/runtime/predictor.ts';
import { initialiseParameters } from '../../../app/engine/training/initialise.ts';
import { DEFAULT_INSTANCE_PARAMETERS } from '../../../app/science/instances.ts';
import { answer, peakResidentBytes } from '../freshProcess.ts';

const [side, times] = process.argv.slice(2).map(Number) as [number, number];
const network = {
  kind: 'unet',
  padding: 'same',
  depth: 4,
  baseFilters: 16,
  inputChannels: 1,
  classes: 2,
  normalisation: 'none',
  dropout: 0,
} as const;
const description = {
  formatVersion: 1 as const,
  network,
  classNames: ['background', 'object'],
  classKinds: ['background' as const, 'thing' as const],
  inputNormalisation: 'z-score' as const,
  channels: [0],
  pixelSizeUm: null,
  mirrorAveraging: false,
  instances: { ...DEFAULT_INSTANCE_PARAMETERS },
  training: {},
};
const weights = initialiseParameters(weightsOfNetwork(network).parameters, 1);
const predictor = await Predictor.create(network, weights, { device: 'cpu', threads: 2 });
const pixels = Uint16Array.from({ length: side * side }, (_, i) => (i * 2654435761) >>> 16);
const plane = { channels: [pixels], shape: { y: side, x: side } };
const seconds: number[] = [];
let resultBytes = 0;
for (let time = 0; time < times; time++) {
  const started = performance.now();
  resultBytes = (await predictPlane(predictor, description, plane)).byteLength;
  seconds.push((performance.now() - started) / 1000);
}
answer({ seconds, peakBytes: peakResidentBytes(), resultBytes });
