/** A project that is open: its store, its runs folder, and what the user should be told about it. */

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { LimnError } from '../errors.ts';
import { openImage } from '../imaging/openImage.ts';
import { ProjectStore, type StoreOptions } from '../store/projectStore.ts';

export class Project {
  readonly store: ProjectStore;
  readonly path: string;
  /** `name.limn-runs`, beside the file: checkpoints of runs, one folder each. Made by whoever writes there first. */
  readonly runsFolder: string;
  /** Sentences for the user: upgraded with a backup, on a network share. */
  readonly notes: readonly string[];

  constructor(store: ProjectStore) {
    this.store = store;
    this.path = store.path;
    this.runsFolder = `${store.path}-runs`;
    this.notes = notesOf(store);
  }

  /** The file's name without `.limn`. */
  get name(): string {
    return basename(this.path).replace(/\.limn$/, '');
  }

  /** Tells other processes where this one answers. */
  setAddress(url: string | null): void {
    this.store.setAddress(url);
  }

  /** Closes the file; copying the one file is safe from then on. Closing twice does nothing. */
  close(): void {
    this.store.close();
  }
}

/** Makes a project with the given classes (things). Throws InvalidInput where a file exists or the folder does not. */
export function createProject(path: string, options: { classes?: readonly string[] } = {}): Project {
  const full = resolve(path);
  if (existsSync(full)) {
    throw new LimnError('InvalidInput', `'${path}' exists already. Open it, or choose another name.`, {
      fields: { path },
    });
  }
  checkFolder(full);
  const store = ProjectStore.create(full, storeOptions());
  try {
    store.transaction(() => {
      for (const name of options.classes ?? []) store.classes.add({ name, kind: 'thing' });
    });
  } catch (error) {
    store.discard();
    throw error;
  }
  return new Project(store);
}

/** Opens a project. Throws NotFound, ProjectLocked (with the owner's pid and address), ProjectTooNew, ProjectDamaged. */
export function openProject(path: string, options: { mode: 'write' | 'read' }): Project {
  const full = resolve(path);
  if (!existsSync(full)) {
    throw new LimnError(
      'NotFound',
      `There is no project '${path}'. Make it with \`limn new\`, or check the path.`,
      {
        fields: { path },
      },
    );
  }
  if (!statSync(full).isFile()) {
    throw new LimnError('InvalidInput', `'${path}' is a folder, not a project. Choose a .limn file.`, {
      fields: { path },
    });
  }
  return new Project(ProjectStore.open(full, { ...storeOptions(), mode: options.mode }));
}

/** With LIMN_DEBUG set, slow statements are told on standard error. */
function storeOptions(): StoreOptions {
  if (process.env['LIMN_DEBUG'] === undefined) return { openImage };
  const onSlow = (sql: string, milliseconds: number) =>
    console.error(`limn: slow statement, ${milliseconds.toFixed(0)} ms: ${sql.replaceAll(/\s+/g, ' ')}`);
  return { openImage, onSlow };
}

function checkFolder(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new LimnError(
      'InvalidInput',
      `There is no folder '${folder}' for the new project. Make it first.`,
      {
        fields: { path },
      },
    );
  }
}

function notesOf(store: ProjectStore): string[] {
  const notes: string[] = [];
  if (store.backupPath !== null) {
    notes.push(
      `The project was upgraded to this version of Limn; the file as it was stands beside it, '${basename(store.backupPath)}'.`,
    );
  }
  if (store.mode === 'write' && store.journal === 'rollback') {
    notes.push(
      'The project lies on a network share: it works, but more slowly, and no other command can read it meanwhile.',
    );
  }
  return notes;
}
