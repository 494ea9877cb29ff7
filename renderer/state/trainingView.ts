/** The run on view: its curve as it grows and what the engine said last; fed by events, started from the stored points. */

import { create } from 'zustand';
import type { JobInfo, MetricPoint, RunDetail, RunState, TrainEvent } from '../../app/api/types.ts';

export interface TrainingView {
  runId: number | null;
  state: RunState | null;
  points: readonly MetricPoint[];
  step: number;
  steps: number | null;
  stepsPerSecond: number | null;
  etaSeconds: number | null;
  device: string | null;
  why: string | null;
  message: string | null;
  /** Step of the newest sample pictures of the run; null before the first. */
  sampleStep: number | null;
}

export const useTrainingView = create<TrainingView>(() => ({
  runId: null,
  state: null,
  points: [],
  step: 0,
  steps: null,
  stepsPerSecond: null,
  etaSeconds: null,
  device: null,
  why: null,
  message: null,
  sampleStep: null,
}));

/** A run has just been asked for. */
export function noteRunRequested(runId: number | null): void {
  // Its first event may have come before this answer; a run that waits has no number yet.
  if (runId !== null && useTrainingView.getState().runId === runId) return;
  useTrainingView.setState({ ...useTrainingView.getInitialState(), runId, state: 'queued' });
}

/** Shows a stored run, unless its events already told more. */
export function showRun(run: RunDetail): void {
  const view = useTrainingView.getState();
  if (view.runId === run.runId && view.points.length >= run.points.length) return;
  useTrainingView.setState({
    ...useTrainingView.getInitialState(),
    runId: run.runId,
    state: run.state,
    points: run.points,
    step: run.step,
    steps: run.steps,
    device: run.device,
    message: run.message,
  });
}

/** True while a run holds the engine. */
export function isTraining(view: TrainingView): boolean {
  return view.state === 'queued' || view.state === 'running' || view.state === 'paused';
}

/** A job that ends before its run has begun sends no event of the run. */
export function noteTrainJob(job: JobInfo): void {
  if (job.kind !== 'train' || (job.state !== 'failed' && job.state !== 'cancelled')) return;
  const view = useTrainingView.getState();
  // While a run is on view, jobs that have none yet wait behind it.
  const isMine = view.runId === null || job.runId === view.runId;
  if (!isTraining(view) || !isMine) return;
  useTrainingView.setState({
    state: job.state === 'failed' ? 'failed' : 'stopped',
    message: job.message,
    etaSeconds: null,
  });
}

export function noteTrainEvent(event: TrainEvent): void {
  const view = useTrainingView.getState();
  if (view.runId !== event.runId) {
    if (event.type !== 'started' && isTraining(view)) return;
    useTrainingView.setState({ ...useTrainingView.getInitialState(), runId: event.runId, state: 'running' });
  }
  switch (event.type) {
    case 'started':
      useTrainingView.setState({ state: 'running', device: event.device, why: event.why, message: null });
      return;
    case 'metrics':
      useTrainingView.setState((before) => ({
        state: before.state === 'paused' ? 'paused' : 'running',
        points: mergePoints(before.points, event.points),
        step: event.step,
        steps: event.steps,
        stepsPerSecond: event.stepsPerSecond,
        etaSeconds: event.etaSeconds,
      }));
      return;
    case 'note':
      useTrainingView.setState({ message: event.message });
      return;
    case 'ended':
      useTrainingView.setState({
        state: event.state,
        step: event.step,
        message: event.message,
        etaSeconds: null,
      });
      return;
    case 'sample':
      useTrainingView.setState({ sampleStep: event.sample.step });
      return;
    case 'backbone':
    case 'checkpoint':
      return;
  }
}

/** Points by rising step; a repeated step (after a resume) replaces the older one. */
export function mergePoints(known: readonly MetricPoint[], fresh: readonly MetricPoint[]): MetricPoint[] {
  const first = fresh[0];
  if (!first) return [...known];
  const last = known.at(-1);
  if (!last || last.step < first.step) return [...known, ...fresh];
  const bySteps = new Map(known.map((point) => [point.step, point]));
  for (const point of fresh) bySteps.set(point.step, point);
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}
