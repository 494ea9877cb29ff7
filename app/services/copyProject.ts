/** A copy of an open project under another name: the file, and the checkpoints of its runs beside it. */

import { existsSync } from 'node:fs';
import { cp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LimnError } from '../errors.ts';
import { translateFileError } from '../fileErrors.ts';
import { ownerOf } from '../store/projectLock.ts';
import type { Project } from './project.ts';

/** What was written. */
export interface ProjectCopy {
  path: string;
  /** Size of the file, bytes. */
  bytes: number;
  /** Runs whose checkpoints were copied too. */
  runs: number;
}

/**
 * Writes a copy that can be opened like any project. `to` stands for a place in `folder`, `.limn` is added where it is missing.
 * Nothing is written over, and what could not be finished is removed.
 * Throws InvalidInput where the file exists or its folder does not, LabelConflict while a training writes checkpoints, DiskFull.
 */
export async function copyProject(project: Project, to: string, folder = '.'): Promise<ProjectCopy> {
  const target = resolve(folder, /\.limn$/i.test(to) ? to : `${to}.limn`);
  const runsFolder = `${target}-runs`;
  refuseBadTarget(target, runsFolder);
  refuseWhileTraining(project);
  // A name that no project has, so that a copy cut short is never taken for one.
  const part = `${target}.${process.pid}.part`;
  const runsPart = `${part}-runs`;
  try {
    await project.store.backUpTo(part);
    const hasRuns = existsSync(project.runsFolder);
    if (hasRuns) await cp(project.runsFolder, runsPart, { recursive: true, errorOnExist: true });
    refuseBadTarget(target, runsFolder);
    if (hasRuns) await rename(runsPart, runsFolder);
    await rename(part, target);
    const { size: bytes } = await stat(target);
    const runs = hasRuns ? (await readdir(runsFolder)).length : 0;
    return { path: target, bytes, runs };
  } catch (error) {
    throw translateFileError(error, target);
  } finally {
    for (const left of [part, `${part}-journal`, `${part}-wal`, `${part}-shm`])
      await rm(left, { force: true });
    await rm(runsPart, { force: true, recursive: true });
  }
}

function refuseBadTarget(target: string, runsFolder: string): void {
  const taken = [target, runsFolder].find((path) => existsSync(path));
  if (taken !== undefined) {
    throw new LimnError('InvalidInput', `'${taken}' exists already. Choose another name for the copy.`, {
      fields: { path: taken },
    });
  }
  if (!existsSync(dirname(target))) {
    throw new LimnError(
      'InvalidInput',
      `There is no folder '${dirname(target)}' for the copy. Make it first, or choose another.`,
      { fields: { path: target } },
    );
  }
}

/** Checkpoints that change while they are copied would not fit to the copied file. */
function refuseWhileTraining(project: Project): void {
  const isGoingOn = project.store.runs.list().some(({ state }) => state === 'running' || state === 'paused');
  if (isGoingOn && ownerOf(project.path) !== null) {
    throw new LimnError(
      'LabelConflict',
      `A training of '${basename(project.path)}' is going on, and its checkpoints change. Stop it or let it end, then copy.`,
      { fields: { path: join(project.runsFolder) } },
    );
  }
}
