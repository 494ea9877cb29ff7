/** What the engine tells of a training, booked with the run and put into the words and numbers that its user is told. */

import { join } from 'node:path';
import type { TrainingEvent } from '../engine/process/protocol.ts';
import { LAST_CHECKPOINT } from '../engine/training/checkpoint.ts';
import type { Project } from './project.ts';
import type { TrainEvent } from './requests.ts';
import type { RunRecorder } from './runLedger.ts';
import type { TrainingPlan } from './trainingPlan.ts';

export interface RecordContext {
  project: Project;
  runId: number;
  plan: TrainingPlan;
  runFolder: string;
  recorder: RunRecorder;
}

/** Why tiles lie as they are, in a sentence; empty where they are turned and mirrored. */
function orientationNote({ directedClasses }: TrainingPlan): string {
  if (directedClasses === undefined) return '';
  if (directedClasses.length === 0) return ' Tiles are not turned or mirrored.';
  const names = new Intl.ListFormat('en').format(directedClasses);
  return ` The classes ${names} lie in directions of their own, so tiles are not turned or mirrored (--orientation any turns them all the same).`;
}

/** Books an event of the engine and tells what of it concerns the user. */
export function recordTrainingEvent(event: TrainingEvent, context: RecordContext): TrainEvent[] {
  const { project, runId, plan, recorder } = context;
  switch (event.type) {
    case 'started': {
      recorder.truncate(event.step);
      if (event.device !== 'tfjs') plan.usedDevice = event.device;
      project.store.runs.update(runId, { plan });
      const { device, why, parameters } = event;
      const tile = `${event.inputShape.y} × ${event.inputShape.x} px`;
      const begin = event.step > 0 ? `Goes on at step ${event.step}.` : 'Starts.';
      const taken =
        (plan.init === 'scratch' && plan.backboneWeights === undefined) ||
        event.taken.length + event.drawn.length === 0
          ? ''
          : ` ${event.taken.length} of ${event.taken.length + event.drawn.length} parameters taken over.`;
      const description = `${begin} ${plan.preset}, ${parameters} parameters, tiles of ${tile}.${taken}${orientationNote(plan)}`;
      const { imageNames, validationNames } = plan;
      return [
        {
          type: 'started',
          runId,
          device,
          why,
          images: imageNames,
          validation: validationNames,
          parameters,
          description,
        },
      ];
    }
    case 'metrics': {
      recorder.add(event.points);
      const { points, etaSeconds, stepsPerSecond, samplesPerSecond, memoryBytes, step } = event;
      const steps = 'steps' in plan.budget ? plan.budget.steps : null;
      return [
        {
          type: 'metrics',
          runId,
          points,
          etaSeconds,
          stepsPerSecond,
          samplesPerSecond,
          memoryBytes,
          step,
          steps,
        },
      ];
    }
    case 'checkpoint': {
      recorder.checkpoint(join(String(runId), LAST_CHECKPOINT), event.sha256);
      const path = join(context.runFolder, LAST_CHECKPOINT);
      return [{ type: 'checkpoint', runId, step: event.step, path, milliseconds: event.milliseconds }];
    }
    case 'sample': {
      const { step, shape, channels, classes } = event;
      return [{ type: 'sample', runId, sample: { step, shape, channels, classes } }];
    }
    case 'rolled-back':
      recorder.truncate(event.step);
      return [];
    case 'note':
      return [{ type: 'note', runId, message: event.message }];
  }
}
