/** `limn doctor`: is everything in a project, and beside it, as it was written? Reads only, repairs nothing. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readCheckpoint } from '../engine/training/checkpoint.ts';
import { isLimnError, serialiseError } from '../errors.ts';
import { FIRST_OBJECT } from '../labels/label.ts';
import { ownerOf } from '../store/projectLock.ts';
import { levelCount } from '../store/pyramidLevels.ts';
import type { ImageRow, RunRow } from '../store/types.ts';
import { openProject, type Project } from './project.ts';

/** An `error` is damage; a `warning` is something odd that loses nothing; a `note` is for information. */
export interface Finding {
  severity: 'error' | 'warning' | 'note';
  message: string;
}

export interface DoctorReport {
  /** No errors; warnings and notes may be there. */
  ok: boolean;
  findings: Finding[];
}

/** Run states that a project cannot be in while nobody has it open. */
const ACTIVE_STATES = new Set(['queued', 'running', 'paused']);

/**
 * Checks a project: SQLite's own integrity, every tile's checksum, counts of objects and pixels against the pixels,
 * model hashes, checkpoints, linked files, and what interrupted work left. Works beside a running Limn.
 * A file too damaged to be read is a finding as well. Throws NotFound and ProjectTooNew.
 */
export async function checkProject(path: string): Promise<DoctorReport> {
  try {
    return await checkOpened(path);
  } catch (error) {
    if (!isLimnError(error, 'ProjectDamaged') || error.fields['code'] === undefined) throw error;
    const message = `'${path}' is damaged: not all of it can be read (${error.fields['code']}); go back to a backup.`;
    return { ok: false, findings: [finding('error', message)] };
  }
}

async function checkOpened(path: string): Promise<DoctorReport> {
  const owner = ownerOf(resolve(path));
  const project = openProject(path, { mode: 'read' });
  try {
    const findings: Finding[] = [];
    const damage = project.store.checkDatabase();
    findings.push(...damage.map((message) => finding('error', `The database is damaged: ${message}.`)));
    if (damage.length === 0) {
      for (const image of project.store.images.list()) await checkImage(project, image, findings);
      checkModels(project, findings);
      await checkRuns(project, owner !== null, findings);
      const staged = project.store.images.stagedCount();
      if (staged > 0 && owner === null) {
        findings.push(
          finding(
            'note',
            `An interrupted import left ${staged} images; they go when the project is next opened.`,
          ),
        );
      }
    }
    return { ok: findings.every(({ severity }) => severity !== 'error'), findings };
  } finally {
    project.close();
  }
}

async function checkImage(project: Project, image: ImageRow, findings: Finding[]): Promise<void> {
  const { images } = project.store;
  await attempt(findings, () => images.checkLinked(image.imageId));
  const { shape, imageId } = image;
  for (let t = 0; t < shape.t; t++) {
    for (let z = 0; z < shape.z; z++) {
      for (let c = 0; c < shape.c; c++) {
        for (let level = image.linked ? 1 : 0; level < levelCount(shape); level++) {
          await attempt(findings, () => images.readLevel(imageId, level, t, z, c));
        }
      }
    }
  }
  await checkLabels(project, image, findings);
  for (const { t, z } of project.store.predictions.list(imageId)) {
    await attempt(findings, () => project.store.predictions.readForeground(imageId, t, z));
    await attempt(findings, () => project.store.predictions.readInstances(imageId, t, z));
  }
}

/** Reads every label and compares it with the rows that describe it. */
async function checkLabels(project: Project, image: ImageRow, findings: Finding[]): Promise<void> {
  const { labels, objects, edits } = project.store;
  const pixelsOf = new Map<number, number>();
  let whole = true;
  for (const { t, z } of labels.planes(image.imageId)) {
    const plane = await attempt(findings, () => labels.readPlane(image.imageId, t, z));
    if (plane === null) {
      whole = false;
      continue;
    }
    let labelled = 0;
    for (const label of plane) {
      if (label === 0) continue;
      labelled++;
      if (label >= FIRST_OBJECT) pixelsOf.set(label, (pixelsOf.get(label) ?? 0) + 1);
    }
    if (labelled !== labels.labelledPixels(image.imageId, t, z)) {
      findings.push(
        finding(
          'error',
          `Plane t${t} z${z} of '${image.name}' counts another number of labelled pixels than it has.`,
        ),
      );
    }
  }
  const rows = new Map(objects.list(image.imageId).map((row) => [row.label, row]));
  for (const [label, pixels] of whole ? pixelsOf : []) {
    const row = rows.get(label);
    if (row === undefined)
      findings.push(
        finding('error', `Label ${label} of '${image.name}' is painted but stands for no object.`),
      );
    else if (row.pixels !== pixels)
      findings.push(
        finding('error', `Object ${label} of '${image.name}' counts ${row.pixels} pixels but has ${pixels}.`),
      );
  }
  for (const label of whole ? rows.keys() : []) {
    if (!pixelsOf.has(label))
      findings.push(finding('error', `Object ${label} of '${image.name}' has no pixels although it should.`));
  }
  await attempt(findings, () => edits.check(image.imageId));
}

function checkModels(project: Project, findings: Finding[]): void {
  for (const model of project.store.models.list()) {
    try {
      project.store.models.readBytes(model.modelId);
    } catch (error) {
      findings.push(finding('error', serialiseError(error).message));
    }
  }
}

/** Checkpoints that rows name, rows that say a run is active though nobody runs it, and folders without a run. */
async function checkRuns(project: Project, owned: boolean, findings: Finding[]): Promise<void> {
  const folders = new Set(existsSync(project.runsFolder) ? readdirSync(project.runsFolder) : []);
  for (const run of project.store.runs.list()) {
    if (ACTIVE_STATES.has(run.state) && !owned) {
      findings.push(
        finding(
          'note',
          `Run ${run.runId} was interrupted. Continue it with \`limn train --resume ${run.runId}\`.`,
        ),
      );
    }
    if (run.checkpointPath === null) continue;
    folders.delete(run.checkpointPath.split(/[\\/]/)[0] ?? '');
    // A run that goes on replaces its checkpoint meanwhile.
    if (!(ACTIVE_STATES.has(run.state) && owned))
      await checkCheckpoint(project, run, run.checkpointPath, findings);
  }
  for (const folder of folders) {
    const full = join(project.runsFolder, folder);
    const named = project.store.runs
      .list()
      .some((run) => folder === String(run.runId) || folder.endsWith(`-${run.runId}`));
    if (!named && existsSync(full) && statSync(full).isDirectory()) {
      findings.push(
        finding('warning', `The folder '${full}' belongs to no run of the project. It may be deleted.`),
      );
    }
  }
}

/**
 * A checkpoint carries its own digest: the file may be newer than the row that names it, where the host died between
 * the two, and is as good then. A finished run does not need it: the project may have been copied as one file.
 */
async function checkCheckpoint(
  project: Project,
  { runId, state }: RunRow,
  checkpointPath: string,
  findings: Finding[],
): Promise<void> {
  const full = join(project.runsFolder, checkpointPath);
  if (existsSync(full)) await attempt(findings, () => readCheckpoint(full));
  else if (state !== 'finished') {
    findings.push(
      finding(
        'warning',
        `The checkpoint '${basename(full)}' of run ${runId} is missing: the run cannot be continued. Its models are not affected.`,
      ),
    );
  }
}

/** The value of `check`, or null and a finding. */
async function attempt<T>(findings: Finding[], check: () => T | Promise<T>): Promise<T | null> {
  try {
    return await check();
  } catch (error) {
    findings.push(finding('error', serialiseError(error).message));
    return null;
  }
}

function finding(severity: Finding['severity'], message: string): Finding {
  return { severity, message };
}
