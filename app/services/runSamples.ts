/** The small pictures that a run has kept, for whoever draws them. */

import { join } from 'node:path';
import { readSample, type SamplePicture, samplesIn } from '../engine/training/runSample.ts';
import type { Project } from './project.ts';
import type { RunSample } from './requests.ts';

function folderOf(project: Project, runId: number): string {
  return join(project.runsFolder, String(project.store.runs.get(runId).runId));
}

/** By rising step. Throws NotFound for the run. */
export function listRunSamples(project: Project, runId: number): RunSample[] {
  const folder = folderOf(project, runId);
  return samplesIn(folder).map((step) => {
    const { shape, channels, classes } = readSample(folder, step);
    return { step, shape, channels, classes };
  });
}

/** Throws NotFound for the run or the step. */
export function readRunSample(project: Project, runId: number, step: number): SamplePicture {
  return readSample(folderOf(project, runId), step);
}
