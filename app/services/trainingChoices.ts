/** What a training on this machine can be computed with and begin from, and why not with the rest. */

import { existsSync } from 'node:fs';
import type { TrainingChoices } from '../api/types.ts';
import type { EngineHost } from '../engine/host.ts';
import { BASE_MODELS, baseModelPath } from './baseModels.ts';
import { defaultThreads } from './trainingPlan.ts';

/** Every device, TensorFlow.js and the base models. Tries each device the first time, which may take seconds. */
export async function trainingChoices(engine: EngineHost): Promise<TrainingChoices> {
  const [devices, tensorflow] = await Promise.all([
    engine.request('devices', { probe: false }),
    engine.request('tensorflow', null),
  ]);
  const description = tensorflow.adapter?.description ?? '';
  return {
    devices: [
      ...devices.map(({ name, description: what, available, reason }) => ({
        name,
        description: what,
        available,
        reason,
      })),
      { name: 'tfjs', description, available: tensorflow.ok, reason: tensorflow.reason },
    ],
    baseModels: BASE_MODELS.map((name) => {
      const available = existsSync(baseModelPath(name));
      const reason = available ? null : 'It is not there yet; make it with npm run base-models.';
      return { name, description: `trained on simulated ${name}`, available, reason };
    }),
    threads: defaultThreads(),
  };
}
