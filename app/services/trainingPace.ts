/** How long a training step takes on each device of this machine: as earlier runs measured it, else scaled from a timed small step. */

import type { TrainingPace } from '../api/types.ts';
import type { EngineHost } from '../engine/host.ts';
import type { NetworkSpec } from '../engine/modelDescription.ts';
import { countMacs } from '../engine/networks/countMacs.ts';
import type { DeviceName } from '../engine/runtime/deviceName.ts';
import { availableMemoryOf } from '../engine/runtime/deviceSupport.ts';
import { LISTED_SPEC, PROBE_SIDE_PX } from '../engine/runtime/devices.ts';
import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import { isLimnError } from '../errors.ts';
import { fittingTile } from './fitTile.ts';
import type { Project } from './project.ts';
import type { TrainRequest } from './requests.ts';
import { planOf } from './runLedger.ts';
import { networkOf, tileShapesOf } from './trainedModel.ts';
import { hyperParametersOf } from './trainingPlan.ts';

/** A run of fewer steps has mostly measured its own start. */
const TELLING_STEPS = 20;

/**
 * Pace of a training on every device that is available. The first call times a small step on each of them, a second or two.
 * @throws WrongUsage for a hyper-parameter that cannot work
 */
export async function trainingPace(
  project: Project,
  engine: EngineHost,
  request: TrainRequest,
): Promise<TrainingPace[]> {
  const plan = hyperParametersOf(request);
  const channels = Array.from({ length: channelCount(project) }, (_, c) => c);
  const network = networkOf(project, { hyperParameters: plan, channels });
  const { input } = tileShapesOf(network, plan.tileSize);
  const macs = countMacs(network, input) * plan.batchSize * (plan.accumulate ?? 1);
  const side = PROBE_SIDE_PX;
  const probeMacs = countMacs(LISTED_SPEC, { y: side, x: side });
  const devices = await engine.request('devices', { probe: true });
  return devices
    .filter((device) => device.available && !device.software)
    .map(({ name, description, probeMilliseconds }): TrainingPace => {
      const measured = measuredPace(project, plan, name);
      const memoryNote = memoryNoteOf(network, plan, name);
      if (measured !== null) {
        return { device: name, description, millisecondsAStep: measured, source: 'run', memoryNote };
      }
      const scaled = probeMilliseconds === null ? null : (probeMilliseconds * macs) / probeMacs;
      return {
        device: name,
        description,
        millisecondsAStep: scaled,
        source: scaled === null ? null : 'probe',
        memoryNote,
      };
    });
}

function memoryNoteOf(network: NetworkSpec, plan: HyperParameters, device: DeviceName): string | null {
  try {
    return fittingTile(network, plan, device, availableMemoryOf(device)).message;
  } catch (error) {
    if (isLimnError(error, 'OutOfMemory')) return error.message;
    throw error;
  }
}

function channelCount(project: Project): number {
  const chosen = project.store.settings.channels();
  return chosen?.length ?? project.store.images.list()[0]?.shape.c ?? 1;
}

/** Milliseconds a step of the newest run of the same network, tile and batch on the device; null where there is none. */
function measuredPace(project: Project, plan: HyperParameters, device: string): number | null {
  const same = project.store.runs.list().findLast((row) => {
    const { hyperParameters: other, usedDevice } = planOf(row);
    return (
      row.step >= TELLING_STEPS &&
      row.seconds > 0 &&
      usedDevice === device &&
      (other.network ?? 'unet') === (plan.network ?? 'unet') &&
      other.backbone === plan.backbone &&
      other.finestStride === plan.finestStride &&
      (other.accumulate ?? 1) === (plan.accumulate ?? 1) &&
      other.baseFilters === plan.baseFilters &&
      other.depth === plan.depth &&
      other.padding === plan.padding &&
      other.tileSize === plan.tileSize &&
      other.batchSize === plan.batchSize
    );
  });
  return same ? (1000 * same.seconds) / same.step : null;
}
