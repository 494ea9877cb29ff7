/** Brings a project's database to this version's schema: in order, each step whole or not at all, after a backup. */

import { existsSync } from 'node:fs';
import { LimnError } from '../errors.ts';
import { APPLICATION_ID, type Database } from './database.ts';
import type { Migration } from './migration.ts';
import { migration0001 } from './migrations/0001-project.ts';
import { migration0002 } from './migrations/0002-validation-f1.ts';
import { migration0003 } from './migrations/0003-label-levels.ts';

export const MIGRATIONS: readonly Migration[] = [migration0001, migration0002, migration0003];

/** Version of the schema in a database; 0 in a new file. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version'));
}

/** Checks that this version can read the project. Throws ProjectTooNew. */
export function checkReadable(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const { path } = database;
  const version = schemaVersion(database);
  const newest = migrations.length;
  if (version > newest) {
    throw new LimnError(
      'ProjectTooNew',
      `'${path}' was written by a newer Limn (format ${version}, this one reads up to ${newest}). Update Limn to open it.`,
      { fields: { path, version, newest } },
    );
  }
}

/** Makes the schema in an empty database. */
export function createSchema(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  database.transaction(() => {
    database.pragma(`application_id = ${APPLICATION_ID}`);
    for (const migration of migrations) applyMigration(database, migration);
  });
}

/**
 * Upgrades an older project to the newest schema.
 * @returns the path of the backup made before, or null if nothing was to be done.
 */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): string | null {
  checkReadable(database, migrations);
  const version = schemaVersion(database);
  const pending = migrations.filter((migration) => migration.version > version);
  if (pending.length === 0) return null;
  const backup = freeBackupPath(database.path, version);
  database.copyTo(backup);
  for (const migration of pending) database.transaction(() => applyMigration(database, migration));
  return backup;
}

function applyMigration(database: Database, migration: Migration): void {
  database.execute(migration.sql);
  database.pragma(`user_version = ${migration.version}`);
}

function freeBackupPath(path: string, version: number): string {
  for (let attempt = 0; ; attempt++) {
    const candidate = `${path}.format${version}${attempt === 0 ? '' : `-${attempt}`}.backup`;
    if (!existsSync(candidate)) return candidate;
  }
}
