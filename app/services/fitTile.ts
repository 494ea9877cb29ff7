/** Makes the tiles of a run as small as the memory of its device asks for, before anything is stored. */

import type { EngineHost } from '../engine/host.ts';
import type { NetworkSpec } from '../engine/modelDescription.ts';
import { inputSideFor, isOutputLayer } from '../engine/networks/networkKinds.ts';
import { DEVICE_TITLES, type DeviceName } from '../engine/runtime/deviceName.ts';
import { estimateTrainingMemory } from '../engine/training/estimateMemory.ts';
import type { HyperParameters } from '../engine/training/hyperParameters.ts';
import { LimnError } from '../errors.ts';
import type { Project } from './project.ts';
import { nextSmallerTile } from './runRecovery.ts';
import { networkOf, tileShapesOf } from './trainedModel.ts';
import type { TrainingPlan } from './trainingPlan.ts';

/** The rest is for the page, the samples that wait and other programs. */
const USABLE_SHARE = 0.9;

export interface TileFit {
  /** Side of the tile that fits, px; what was asked for where it does. */
  tileSize: number;
  /** That it was made smaller, in a sentence; null where it was not. */
  message: string | null;
}

/**
 * The tile of a plan, smaller where the device has not the memory for it. TensorFlow.js manages its own.
 * @throws OutOfMemory where the smallest tile that the network takes does not fit either
 */
export async function fitTile(
  engine: EngineHost,
  project: Project,
  plan: TrainingPlan,
  availableBytes: (device: DeviceName) => number | null,
): Promise<TileFit> {
  const { hyperParameters } = plan;
  if (plan.engine === 'tfjs') return { tileSize: hyperParameters.tileSize, message: null };
  const network = networkOf(project, plan);
  const device = await deviceOf(engine, network, plan);
  return fittingTile(network, hyperParameters, device, availableBytes(device));
}

async function deviceOf(engine: EngineHost, network: NetworkSpec, plan: TrainingPlan): Promise<DeviceName> {
  if (plan.device !== 'auto') return plan.device;
  const { input: tile } = tileShapesOf(network, plan.hyperParameters.tileSize);
  return (await engine.request('chooseDevice', { device: 'auto', network, tile })).device;
}

/**
 * The largest of the tile and its next smaller ones whose training fits.
 * @param availableBytes free memory of the device; null where it is not known, which fits everything
 * @throws OutOfMemory where none does
 */
export function fittingTile(
  network: NetworkSpec,
  plan: HyperParameters,
  device: DeviceName,
  availableBytes: number | null,
): TileFit {
  if (availableBytes === null) return { tileSize: plan.tileSize, message: null };
  const usable = USABLE_SHARE * availableBytes;
  const needed = (side: number): number => {
    const { optimiser, averageDecay, clipNorm, batchSize: batch, accumulate = 1, trainedLayers } = plan;
    const options = {
      batch,
      accumulate,
      tile: { y: side, x: side },
      optimiser: { ...optimiser, averageDecay, clipNorm },
      trains: ({ name }: { name: string }) => trainedLayers !== 'output' || isOutputLayer(network, name),
    };
    return estimateTrainingMemory(network, options, device).totalBytes;
  };
  const asked = inputSideFor(network, plan.tileSize);
  const most = needed(asked);
  if (most <= usable) return { tileSize: plan.tileSize, message: null };
  const where = device === 'cpu' ? 'this computer' : DEVICE_TITLES[device];
  const free = `${gigabytes(availableBytes)} GB are free on ${where}`;
  let smallest = { side: asked, bytes: most };
  for (let side = nextSmallerTile(network, asked); side !== null; side = nextSmallerTile(network, side)) {
    smallest = { side, bytes: needed(side) };
    if (smallest.bytes <= usable) {
      const message = `Tiles of ${asked} px need about ${gigabytes(most)} GB of memory and ${free}, so tiles of ${side} px are taken.`;
      return { tileSize: side, message };
    }
  }
  throw new LimnError(
    'OutOfMemory',
    `Even with tiles of ${smallest.side} px this training needs about ${gigabytes(smallest.bytes)} GB of memory, and ${free}; choose fewer filters or a smaller batch, or close other programs.`,
    { fields: { where: device, bytes: smallest.bytes, availableBytes } },
  );
}

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(bytes < 2 ** 30 ? 2 : 1);
}
