/** A sample project with a prediction and two finished runs of known curves, so that tables and curves need no training. */

import { openProject } from '../../app/services/project.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { makePredictedProject } from './predictedProject.ts';

/** Validation IoU of the last point of run 1 and run 2. */
export const LAST_IOU = [0.75, 0.5] as const;

export async function makeProjectWithRuns(path: string): Promise<void> {
  await makePredictedProject(path);
  const project = openProject(path, { mode: 'write' });
  try {
    const { runs, images } = project.store;
    const [first, second] = images.list();
    for (const [i, iou] of LAST_IOU.entries()) {
      const { runId } = runs.create(
        {
          preset: 'fast',
          hyperParameters: PRESETS.fast,
          budget: { steps: 100 },
          device: 'cpu',
          threads: 2,
          seed: 40 + i,
          init: 'scratch',
          imageIds: [first!.imageId],
          validationIds: [second!.imageId],
          imageNames: [first!.name],
          validationNames: [second!.name],
          channels: [0],
          version: '0.1.0',
        },
        'finished',
      );
      const points = Array.from({ length: 20 }, (_, n) => ({
        step: 5 * (n + 1),
        seconds: n,
        loss: 1 / (n + 1),
        learningRate: 1e-3,
        validationLoss: n % 4 === 3 ? 1.2 / (n + 1) : null,
        validationIou: n % 4 === 3 ? (iou * (n + 1)) / 20 : null,
        validationF1: n % 4 === 3 ? (iou * n) / 20 : null,
      }));
      runs.appendMetrics(runId, points);
      runs.update(runId, { step: 100, seconds: 20 });
    }
  } finally {
    project.close();
  }
}
