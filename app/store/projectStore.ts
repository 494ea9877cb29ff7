/** A project's file as one object: every table behind a name. The only way from the services to SQL. */

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isLimnError } from '../errors.ts';
import { ClassTable } from './classTable.ts';
import { Database, type JournalMode } from './database.ts';
import { EditTable } from './editTable.ts';
import { ImageTable } from './imageTable.ts';
import { journalModeFor } from './journalMode.ts';
import { LabelLevelTable } from './labelLevelTable.ts';
import { LabelTable } from './labelTable.ts';
import type { OpenImage } from './linkedFiles.ts';
import { checkReadable, createSchema, MIGRATIONS, migrate, schemaVersion } from './migrate.ts';
import type { Migration } from './migration.ts';
import { ModelTable } from './modelTable.ts';
import { ObjectTable } from './objectTable.ts';
import { PredictionLevelTable } from './predictionLevelTable.ts';
import { PredictionTable } from './predictionTable.ts';
import { lockedBy, ownerOf, ProjectLock } from './projectLock.ts';
import { RunTable } from './runTable.ts';
import { SettingTable } from './settingTable.ts';

export interface StoreOptions {
  /** Reads linked images. */
  openImage: OpenImage;
  /** Default: by the file system that the project lies on. */
  journal?: JournalMode;
  /** Default: all of this version. Tests pass others. */
  migrations?: readonly Migration[];
  onSlow?: (sql: string, milliseconds: number) => void;
}

export interface OpenOptions extends StoreOptions {
  mode: 'write' | 'read';
}

export class ProjectStore {
  readonly path: string;
  readonly mode: 'write' | 'read';
  /** `rollback` on a network share: nobody can read beside the writer. */
  readonly journal: JournalMode;
  /** Backup that was made before an upgrade at opening, else null. */
  readonly backupPath: string | null;
  readonly images: ImageTable;
  readonly labels: LabelTable;
  readonly labelLevels: LabelLevelTable;
  readonly objects: ObjectTable;
  readonly classes: ClassTable;
  readonly models: ModelTable;
  readonly runs: RunTable;
  readonly predictions: PredictionTable;
  readonly predictionLevels: PredictionLevelTable;
  readonly settings: SettingTable;
  readonly edits: EditTable;
  readonly #database: Database;
  readonly #lock: ProjectLock | null;

  private constructor(
    database: Database,
    lock: ProjectLock | null,
    backupPath: string | null,
    options: StoreOptions,
  ) {
    this.path = database.path;
    this.mode = database.mode;
    this.journal = database.journal;
    this.backupPath = backupPath;
    this.#database = database;
    this.#lock = lock;
    this.settings = new SettingTable(database);
    this.classes = new ClassTable(database);
    this.objects = new ObjectTable(database);
    this.images = new ImageTable(database, options.openImage);
    this.labels = new LabelTable(database, this.images);
    this.labelLevels = new LabelLevelTable(database, this.images, this.labels);
    this.edits = new EditTable(database, this.images, this.labels, this.objects);
    this.models = new ModelTable(database);
    this.runs = new RunTable(database);
    this.predictions = new PredictionTable(database, this.images);
    this.predictionLevels = new PredictionLevelTable(database, this.images);
  }

  /**
   * Makes a new project file and opens it for writing. The file must not exist.
   * Throws ProjectLocked, DiskFull, InvalidInput; a file that could not be finished is removed.
   */
  static create(path: string, options: StoreOptions): ProjectStore {
    const full = resolve(path);
    const journal = options.journal ?? journalModeFor(dirname(full));
    const open = { mode: 'write' as const, create: true, journal, ...slowOption(options) };
    let database: Database | null = null;
    let lock: ProjectLock | null = null;
    try {
      database = Database.open(full, open);
      createSchema(database, options.migrations ?? MIGRATIONS);
      lock = ProjectLock.acquire(database);
      const store = new ProjectStore(database, lock, null, options);
      store.settings.set('projectId', randomUUID());
      return store;
    } catch (error) {
      lock?.release();
      database?.close();
      removeProjectFiles(full);
      throw error;
    }
  }

  /**
   * Opens a project. A writer takes the lock, upgrades an older file after a backup, and clears what an
   * interrupted import left; a reader works beside a writer, and has an older file upgraded by a writer first.
   * Throws NotFound, ProjectLocked, ProjectTooNew, ProjectDamaged, DiskFull.
   */
  static open(path: string, options: OpenOptions): ProjectStore {
    const full = resolve(path);
    const journal = options.journal ?? journalModeFor(dirname(full));
    const migrations = options.migrations ?? MIGRATIONS;
    const owner = ownerOf(full);
    if (options.mode === 'write' && owner !== null) throw lockedBy(full, owner);
    let database: Database | null = null;
    let lock: ProjectLock | null = null;
    try {
      if (options.mode === 'read') {
        database = Database.open(full, { mode: 'read', journal, ...slowOption(options) });
        let upgradedFrom: string | null = null;
        if (schemaVersion(database) < migrations.length) {
          database.close();
          const upgraded = ProjectStore.open(full, { ...options, mode: 'write' });
          upgraded.close();
          upgradedFrom = upgraded.backupPath;
          database = Database.open(full, { mode: 'read', journal, ...slowOption(options) });
        }
        checkReadable(database, migrations);
        return new ProjectStore(database, null, upgradedFrom, options);
      }
      database = Database.open(full, { mode: 'write', journal, ...slowOption(options) });
      checkReadable(database, migrations);
      lock = ProjectLock.acquire(database);
      const backupPath = migrate(database, migrations);
      const store = new ProjectStore(database, lock, backupPath, options);
      store.images.discardStaged();
      return store;
    } catch (error) {
      lock?.release();
      database?.close();
      // Where the journal locks everyone out, the owner is still known by its lock file.
      if (isLimnError(error, 'ProjectLocked') && owner !== null) throw lockedBy(full, owner);
      throw error;
    }
  }

  /** Runs `work` whole or not at all. `work` is synchronous. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  /** Tells other processes where this owner answers (an http address). */
  setAddress(address: string | null): void {
    this.#lock?.setAddress(address);
  }

  /** Writes the whole project into a new file, whole and consistent whatever is painted meanwhile. Throws DiskFull, InvalidInput. */
  backUpTo(path: string): Promise<void> {
    return this.#database.backUpTo(path);
  }

  /** Findings of SQLite's own checks: `integrity_check` and `foreign_key_check`; empty if all is well. */
  checkDatabase(): string[] {
    const integrity = this.#database
      .pragmaRows<{ integrity_check: string }>('integrity_check(20)')
      .map((row) => row.integrity_check)
      .filter((message) => message !== 'ok');
    const foreign = this.#database
      .pragmaRows<{ table: string; rowid: number | null; parent: string }>('foreign_key_check')
      .map((row) => `a row of '${row.table}' points to a missing row of '${row.parent}'`);
    return [...integrity, ...foreign];
  }

  /** Pragmas of this connection that durability rests on. */
  durability(): { journal: string; synchronous: number; foreignKeys: number } {
    return {
      journal: String(this.#database.pragma('journal_mode')),
      synchronous: Number(this.#database.pragma('synchronous')),
      foreignKeys: Number(this.#database.pragma('foreign_keys')),
    };
  }

  /** Closes and removes a project that could not be made ready. */
  discard(): void {
    this.close();
    removeProjectFiles(this.path);
  }

  /** Closes files, moves the log into the one file, gives up the lock. */
  close(): void {
    try {
      this.images.closeFiles();
      this.#database.close();
    } finally {
      this.#lock?.release();
    }
  }
}

function removeProjectFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function slowOption(options: StoreOptions): Pick<StoreOptions, 'onSlow'> {
  return options.onSlow === undefined ? {} : { onSlow: options.onSlow };
}
