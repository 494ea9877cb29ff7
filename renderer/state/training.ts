/** What the next training is asked to do, and the requests that start and steer a run. */

import { create } from 'zustand';
import type { JobInfo, Preset, PresetValues, TrainRequest } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { showError } from './showError.ts';
import { isTraining, noteRunRequested, useTrainingView } from './trainingView.ts';

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

/** What is asked of the backend: without options that mean nothing to the preset's network. */
export function requestOf(
  preset: Preset,
  minutes: number,
  advanced: TrainRequest,
  network: NonNullable<PresetValues[Preset]['network']>,
): TrainRequest {
  const { depth, backbone, backboneWeights, ...common } = advanced;
  return {
    preset,
    ...(advanced.steps === undefined && { minutes }),
    ...common,
    ...(network === 'unet' && depth !== undefined && { depth }),
    ...(network === 'fcn' && backbone !== undefined && { backbone }),
    ...(network === 'fcn' && backboneWeights !== undefined && { backboneWeights }),
  };
}

/** Starts a training with the chosen options, or queues it; a refusal is shown. */
export async function startTraining(): Promise<void> {
  const { preset, minutes, advanced } = useTrainingOptions.getState();
  useTrainingOptions.setState({ starting: true });
  // Devices may have to be tried first, which takes seconds: the run is on view at once.
  const before = useTrainingView.getState();
  const isFirst = !isTraining(before);
  if (isFirst) noteRunRequested(null);
  try {
    const network = queryClient.getQueryData<PresetValues>(keys.presets)?.[preset].network ?? 'unet';
    const { runId } = await backend.startRun(requestOf(preset, minutes, advanced, network));
    // One that waits behind a run leaves that run on view.
    if (isFirst && runId !== null) noteRunRequested(runId);
    await queryClient.invalidateQueries({ queryKey: keys.jobs });
  } catch (error) {
    if (isFirst) useTrainingView.setState(before, true);
    showError(texts.errors.train, error);
  } finally {
    useTrainingOptions.setState({ starting: false });
  }
}

/** Pauses, resumes or stops the run on view; resolves to false if it was refused. */
export async function controlRun(action: 'stop' | 'pause' | 'resume'): Promise<boolean> {
  const { runId } = useTrainingView.getState();
  if (runId === null) return action === 'stop' ? cancelRequested() : false;
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

/** Takes back a training that has no run yet: it waits, or its device is still being tried. */
async function cancelRequested(): Promise<boolean> {
  const jobs = queryClient.getQueryData<JobInfo[]>(keys.jobs) ?? [];
  const job = jobs.findLast(
    ({ kind, runId, state }) =>
      kind === 'train' && runId === null && (state === 'running' || state === 'queued'),
  );
  if (!job) return false;
  try {
    await backend.cancelJob(job.jobId);
    return true;
  } catch (error) {
    showError(texts.errors.run, error);
    return false;
  }
}
