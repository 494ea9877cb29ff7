/** Whether what a run was asked to compute with is there, before a run is stored that could never go on. */

import type { EngineHost } from '../engine/host.ts';
import { countMacs } from '../engine/networks/countMacs.ts';
import { LimnError } from '../errors.ts';
import type { Project } from './project.ts';
import { networkOf, tileShapesOf } from './trainedModel.ts';
import type { TrainingPlan } from './trainingPlan.ts';

/** Multiply-accumulates a second of TensorFlow.js in plain JavaScript: 76 million in 12 s on two shared cores. */
const PLAIN_MACS_PER_SECOND = 6e6;
/** Longer steps in plain JavaScript lead nowhere, s. */
const LONGEST_PLAIN_STEP_SECONDS = 90;

/**
 * Asks for the engine or the device that the plan names.
 * @throws DeviceUnavailable where it does not start, or would take minutes a step
 */
export async function checkEngine(engine: EngineHost, project: Project, plan: TrainingPlan): Promise<void> {
  const { engine: name = 'onnx', device } = plan;
  if (name === 'onnx' && (device === 'auto' || device === 'cpu')) return;
  const network = networkOf(project, plan);
  const { input: tile } = tileShapesOf(network, plan.hyperParameters.tileSize);
  if (name === 'onnx') {
    await engine.request('chooseDevice', { device, network, tile });
    return;
  }
  const { ok, adapter, reason } = await engine.request('tensorflow', null);
  const refuse = (message: string): never => {
    throw new LimnError('DeviceUnavailable', message, { fields: { engine: name } });
  };
  if (!ok || adapter === null) return refuse(reason ?? 'TensorFlow.js does not load; leave --engine out.');
  const { batchSize, accumulate = 1 } = plan.hyperParameters;
  const seconds = (3 * countMacs(network, tile) * batchSize * accumulate) / PLAIN_MACS_PER_SECOND;
  if (adapter.software && seconds > LONGEST_PLAIN_STEP_SECONDS) {
    refuse(
      `Here TensorFlow.js has plain JavaScript only, in which a step of this network takes some ${Math.ceil(seconds / 60)} minutes; install its native package with "npm run setup:tensorflow", take a smaller network, or leave --engine out.`,
    );
  }
}
