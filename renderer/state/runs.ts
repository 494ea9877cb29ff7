/** The table of runs and models: whether it is open, which runs are laid over each other, and what is done with a row. */

import { create } from 'zustand';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { useChosenModel } from './predicting.ts';
import { showError } from './showError.ts';
import { useTrainingOptions } from './training.ts';
import { showRun, useTrainingView } from './trainingView.ts';
import { updateWorkspace } from './workspace.ts';

interface RunsView {
  open: boolean;
  tab: 'runs' | 'models';
  /** Runs whose curves lie over that of the run on view. */
  compared: ReadonlySet<number>;
}

export const useRunsView = create<RunsView>(() => ({ open: false, tab: 'runs', compared: new Set() }));

/** Puts a stored run on view. */
export async function viewRun(runId: number): Promise<void> {
  try {
    showRun(await backend.run(runId));
  } catch (error) {
    showError(texts.errors.run, error);
  }
}

/** The next predictions are made with this model. */
export function predictWith(modelId: number): void {
  useChosenModel.setState({ model: String(modelId) });
  useRunsView.setState({ open: false });
  updateWorkspace({ tab: 'predict' });
}

/** The next training begins with this model. */
export function startFrom(modelId: number): void {
  useTrainingOptions.setState(({ advanced: { backboneWeights: _dropped, ...advanced } }) => ({
    advanced: { ...advanced, init: String(modelId) },
  }));
  useRunsView.setState({ open: false });
  updateWorkspace({ tab: 'train' });
}

/** Forgets a run with its curve and checkpoints; its models stay. */
export async function deleteRun(runId: number): Promise<void> {
  try {
    queryClient.setQueryData(keys.runs, await backend.deleteRun(runId));
    useRunsView.setState(({ compared }) => ({
      compared: new Set([...compared].filter((id) => id !== runId)),
    }));
    if (useTrainingView.getState().runId === runId) {
      useTrainingView.setState(useTrainingView.getInitialState());
    }
    await queryClient.invalidateQueries({ queryKey: keys.models });
  } catch (error) {
    showError(texts.errors.deleteRun, error);
  }
}

/** Removes a model with the predictions it made. */
export async function deleteModel(modelId: number): Promise<void> {
  try {
    queryClient.setQueryData(keys.models, await backend.deleteModel(modelId));
    if (useChosenModel.getState().model === String(modelId)) useChosenModel.setState({ model: 'best' });
    useTrainingOptions.setState(({ advanced }) => {
      if (advanced.init !== String(modelId)) return {};
      const { init: _dropped, ...rest } = advanced;
      return { advanced: rest };
    });
    await queryClient.invalidateQueries({ queryKey: keys.runs });
  } catch (error) {
    showError(texts.errors.deleteModel, error);
  }
}

/** Moves a waiting job in the queue, or takes it out. */
export async function changeQueue(jobId: number, place: number | 'out'): Promise<void> {
  try {
    await (place === 'out' ? backend.cancelJob(jobId) : backend.moveJob(jobId, place));
    await queryClient.invalidateQueries({ queryKey: keys.jobs });
  } catch (error) {
    showError(texts.errors.queue, error);
  }
}
