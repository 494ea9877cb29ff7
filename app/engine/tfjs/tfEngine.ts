/** TensorFlow.js as the engine of a training run, behind the interface of ONNX Runtime's. */

import type { TrainingJob } from '../process/protocol.ts';
import { buildTrainingGraphs, type TrainingModelOptions } from '../training/buildTrainingModel.ts';
import type { TrainingEngine } from '../training/trainingEngine.ts';
import { loadTensorflow } from './tensorflow.ts';
import { TfPredictor } from './tfPredictor.ts';
import { TfTrainingStep } from './tfTrainingStep.ts';

/** @throws DeviceUnavailable where TensorFlow.js does not load */
export async function openTfEngine(
  { network }: TrainingJob,
  options: TrainingModelOptions,
): Promise<TrainingEngine> {
  const { tf, description, reason } = await loadTensorflow();
  const graphs = buildTrainingGraphs(network, options);
  return {
    device: 'tfjs',
    why: `TensorFlow.js was asked for: ${description}.${reason === null ? '' : ` ${reason}`}`,
    layout: graphs,
    createStep: async () => new TfTrainingStep(tf, graphs),
    predictorOf: async (weights) => new TfPredictor(tf, network, weights, options.tile),
  };
}
