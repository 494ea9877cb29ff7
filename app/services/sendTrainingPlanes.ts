/** The labelled planes of a run on their way from the project to the engine. */

import { totalmem } from 'node:os';
import type { EngineHost } from '../engine/host.ts';
import { sampleReachPx } from '../engine/training/trainingGeometry.ts';
import { LimnError, throwIfCancelled } from '../errors.ts';
import type { Project } from './project.ts';
import { networkOf, tileShapesOf } from './trainedModel.ts';
import {
  buildTrainingPlane,
  checkEnoughLabels,
  type LabelledPlane,
  labelledPlanes,
  labelStatistics,
} from './trainingData.ts';
import type { TrainingPlan } from './trainingPlan.ts';

/** Share of the computer's memory that training planes may take. */
const PLANE_MEMORY_SHARE = 0.5;

/**
 * Reads what a run learns from and validates on, and gives it to the engine in place of the planes of an earlier run.
 * @throws NotEnoughLabels, OutOfMemory, Cancelled, InvalidInput for an image of one value, what reading a linked file throws
 */
export async function sendTrainingPlanes(
  engine: EngineHost,
  project: Project,
  plan: TrainingPlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  const rows = new Map(project.store.images.list().map((row) => [row.imageId, row]));
  const planesOf = (ids: readonly number[]): LabelledPlane[] =>
    labelledPlanes(
      project,
      ids.flatMap((id) => rows.get(id) ?? []),
    );
  const training = planesOf(plan.imageIds);
  const statistics = await labelStatistics(project, training, signal ? { signal } : {});
  checkEnoughLabels(statistics, project.store.classes.list(), project.name);
  const { input, output } = tileShapesOf(networkOf(project, plan), plan.hyperParameters.tileSize);
  const planeOptions = {
    plan: plan.hyperParameters,
    channels: plan.channels,
    pixelSizeUm: plan.pixelSizeUm ?? null,
    pixelsOfClass: statistics.pixelsOfClass,
    reachPx: sampleReachPx(input, output, plan.hyperParameters.augmentation),
  };
  await engine.request('clearPlanes', null);
  let bytes = 0;
  for (const role of ['training', 'validation'] as const) {
    for (const labelled of role === 'training' ? training : planesOf(plan.validationIds)) {
      throwIfCancelled(signal);
      const plane = await buildTrainingPlane(project, labelled, planeOptions, signal);
      if (!plane) continue;
      bytes += plane.target.byteLength + plane.weight.byteLength;
      for (const channel of plane.channels) bytes += channel.byteLength;
      checkMemory(bytes);
      await engine.request('addPlane', { role, plane });
    }
  }
}

/** Training planes are held in memory by the engine, beside the network. */
function checkMemory(bytes: number): void {
  if (bytes <= PLANE_MEMORY_SHARE * totalmem()) return;
  const gigabytes = (bytes / 2 ** 30).toFixed(1);
  throw new LimnError(
    'OutOfMemory',
    `The labelled images need more than ${gigabytes} GB, too much for this computer; train on fewer of them with --images.`,
    { fields: { bytes } },
  );
}
