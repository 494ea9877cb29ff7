/** What the next training is asked to do, and the requests that start and steer a run. */

import { create } from 'zustand';
import type { Preset, TrainRequest } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { noteRunRequested, useTrainingView } from './trainingView.ts';

interface TrainingOptions {
  preset: Preset;
  minutes: number;
  /** Only what differs from the preset. */
  advanced: TrainRequest;
  starting: boolean;
}

export const useTrainingOptions = create<TrainingOptions>(() => ({
  preset: 'fast',
  minutes: 5,
  advanced: {},
  starting: false,
}));

/** Starts a training with the chosen options; a refusal is shown. */
export async function startTraining(): Promise<void> {
  const { preset, minutes, advanced } = useTrainingOptions.getState();
  useTrainingOptions.setState({ starting: true });
  try {
    const budget = advanced.steps === undefined ? { minutes } : {};
    const { runId } = await backend.startRun({ preset, ...budget, ...advanced });
    noteRunRequested(runId);
  } catch (error) {
    showError(texts.errors.train, error);
  } finally {
    useTrainingOptions.setState({ starting: false });
  }
}

/** Pauses, resumes or stops the run on view; resolves to false if it was refused. */
export async function controlRun(action: 'stop' | 'pause' | 'resume'): Promise<boolean> {
  const { runId } = useTrainingView.getState();
  if (runId === null) return false;
  try {
    await backend.controlRun(runId, action);
    if (action === 'pause') useTrainingView.setState({ state: 'paused' });
    if (action === 'resume') useTrainingView.setState({ state: 'running' });
    return true;
  } catch (error) {
    showError(texts.errors.run, error);
    return false;
  }
}
