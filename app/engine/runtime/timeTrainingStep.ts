/** Times a training step of a network on a device. */

import type { ShapeYX } from '../../science/geometry.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import { buildTrainingModel } from '../training/buildTrainingModel.ts';
import { initialiseParameters } from '../training/initialise.ts';
import type { DeviceName } from './deviceName.ts';
import { TrainingStep } from './trainingStep.ts';

/** Steps that are timed, after one that compiles and warms up. */
const STEPS = 5;

/** Median milliseconds of a step (one image, momentum SGD) and its multiply-accumulates. */
export async function timeTrainingStep(
  spec: NetworkSpec,
  tile: ShapeYX,
  device: DeviceName,
  threads: number,
): Promise<{ milliseconds: number; macs: number }> {
  const optimiser = { kind: 'sgd', momentum: 0.9, averageDecay: 0 } as const;
  const model = buildTrainingModel(spec, { batch: 1, tile, optimiser });
  const step = await TrainingStep.create(model, { device, threads });
  try {
    step.load(initialiseParameters(model.parameters, 1));
    const pixels = model.outputShape.y * model.outputShape.x;
    const feeds = {
      image: Float32Array.from(
        { length: spec.inputChannels * tile.y * tile.x },
        (_, i) => ((i * 37) % 101) / 101,
      ),
      target: Uint8Array.from({ length: pixels }, (_, i) => 1 + ((i >> 3) % 2)),
      weight: new Float32Array(pixels).fill(1),
      learningRate: 1e-3,
    };
    await step.run(feeds);
    const times: number[] = [];
    for (let count = 0; count < STEPS; count += 1) {
      const start = performance.now();
      await step.run(feeds);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    return { milliseconds: times[STEPS >> 1]!, macs: model.macs };
  } finally {
    await step.dispose();
  }
}
