/** What a training run needs of an engine, and the engine that is used unless another is asked for: ONNX Runtime. */

import type { ShapeYX } from '../../science/geometry.ts';
import type { NetworkSpec } from '../modelDescription.ts';
import type { TrainingJob } from '../process/protocol.ts';
import type { DeviceName } from '../runtime/deviceName.ts';
import { chooseDevice } from '../runtime/devices.ts';
import { Predictor } from '../runtime/predictor.ts';
import type { NetworkStep } from '../runtime/stepFeeds.ts';
import { TrainingStep } from '../runtime/trainingStep.ts';
import { buildTrainingModel, type TrainingLayout, type TrainingModelOptions } from './buildTrainingModel.ts';
import type { TilePredictor } from './tileValidator.ts';

/** A network on an engine, ready to train and to be validated. */
export interface TrainingEngine {
  /** The device, or the engine where it chooses the device itself. */
  readonly device: DeviceName | 'tfjs';
  /** One sentence or more: why this one. */
  readonly why: string;
  readonly layout: TrainingLayout;
  createStep(): Promise<NetworkStep>;
  /** Of input tiles of the training's shape. */
  predictorOf(weights: ReadonlyMap<string, Float32Array>): Promise<TilePredictor>;
}

/**
 * ONNX Runtime on the device that the job asks for.
 * @throws DeviceUnavailable
 */
export async function openOnnxEngine(
  { device: choice, threads, network }: TrainingJob,
  options: TrainingModelOptions,
): Promise<TrainingEngine> {
  const { tile } = options;
  const { device, why } = await chooseDevice(choice, network, tile);
  const model = buildTrainingModel(network, options);
  return {
    device,
    why,
    layout: model,
    createStep: () => TrainingStep.create(model, { device, threads }),
    predictorOf: (weights) => tilePredictor(network, weights, tile, { device, threads }),
  };
}

async function tilePredictor(
  network: NetworkSpec,
  weights: ReadonlyMap<string, Float32Array>,
  tile: ShapeYX,
  where: { device: DeviceName; threads: number },
): Promise<TilePredictor> {
  const predictor = await Predictor.create(network, weights, { ...where, output: 'network' });
  return { run: (image) => predictor.run(image, tile), dispose: () => predictor.dispose() };
}
