/** What the routes work on: the one open project, the job queue, the engine, and the events they give off. */

import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineHost, type EngineHostOptions } from '../engine/host.ts';
import { LimnError } from '../errors.ts';
import { JobQueue } from '../jobs/jobQueue.ts';
import { createProject, openProject, type Project } from '../services/project.ts';
import { TrainingService } from '../services/trainingService.ts';
import { EventHub } from './eventHub.ts';
import type { ProjectInfo } from './types.ts';

/** How long closing waits for work to stop by itself: a training writes its checkpoint meanwhile, ms. */
const CLOSE_PATIENCE_MS = 60_000;

export interface WorkspaceOptions {
  /** How the engine process is started; a forked Node process unless said otherwise. */
  startEngineProcess?: EngineHostOptions['startProcess'];
}

export class Workspace {
  readonly events = new EventHub(randomUUID().slice(0, 8));
  readonly jobs = new JobQueue((job) => this.events.publish({ type: 'job', job }));
  /** Started at the first request that needs it. */
  readonly engine: EngineHost;
  readonly training: TrainingService;
  #project: Project | null = null;
  #address: string | null = null;
  #cacheKey = '';
  #closing: Promise<void> | undefined;

  constructor(options: WorkspaceOptions = {}) {
    const { startEngineProcess } = options;
    this.engine = new EngineHost({
      yields: true,
      ...(startEngineProcess !== undefined && { startProcess: startEngineProcess }),
    });
    this.training = new TrainingService(this.engine);
  }

  /** The open project. Throws NotFound while none is open. */
  get project(): Project {
    if (this.#project === null) {
      throw new LimnError('NotFound', 'No project is open; open one or make a new one first.');
    }
    return this.#project;
  }

  /** Path of the open project, or null. */
  get projectPath(): string | null {
    return this.#project?.path ?? null;
  }

  /** Stands for this opening of this project, see ProjectInfo. */
  get cacheKey(): string {
    return this.#cacheKey;
  }

  /** Opens a project for writing in place of the open one. Throws LabelConflict while jobs run, and as openProject. */
  open(path: string): ProjectInfo {
    if (resolve(path) === this.#project?.path) return this.describeProject();
    return this.#replace(() => openProject(path, { mode: 'write' }));
  }

  /** Makes a project and opens it. Throws as {@link open} and createProject. */
  create(path: string, classes: readonly string[] = ['object']): ProjectInfo {
    return this.#replace(() => createProject(path, { classes }));
  }

  describeProject(): ProjectInfo {
    const { project } = this;
    const { classes, images, settings } = project.store;
    return {
      name: project.name,
      path: project.path,
      classes: classes.list(),
      channels: settings.channels(),
      imageCount: images.list().length,
      cacheKey: this.#cacheKey,
      notes: [...project.notes],
    };
  }

  /** Where this process answers; told to others through the project's lock. */
  setAddress(address: string | null): void {
    this.#address = address;
    this.#project?.setAddress(address);
  }

  /** Ends streams and jobs, then the engine, then closes the project. Closing twice does nothing more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const idle = this.jobs.close();
    await Promise.race([idle, delay(CLOSE_PATIENCE_MS, null, { ref: false })]);
    this.events.close();
    // Work that did not stop in time ends with the engine; a training goes on from its last checkpoint later.
    await this.engine.close();
    await idle;
    this.#project?.close();
    this.#project = null;
  }

  #replace(open: () => Project): ProjectInfo {
    if (this.jobs.busy) {
      throw new LimnError(
        'LabelConflict',
        'Work on the open project is still going on; stop it or let it end, then open another.',
      );
    }
    // The next one is opened first: if that fails, the open project stays as it is.
    const next = open();
    this.#project?.close();
    this.#project = next;
    this.#cacheKey = randomUUID();
    this.#project.setAddress(this.#address);
    this.events.publish({ type: 'project' });
    return this.describeProject();
  }
}
