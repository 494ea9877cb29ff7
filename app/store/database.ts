/** The only door to SQLite: opens a project's database safely, keeps prepared statements, turns SQLite's errors into Limn's. */

import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { isLimnError, LimnError } from '../errors.ts';

// SQLite reads this once, at the first connection: an immutable file can only be named by a URI. Ours are whole paths.
process.env['SQLITE_USE_URI'] = '1';

export type SqlValue = number | bigint | string | Uint8Array | null;

/** `wal`: readers work beside the writer. `rollback`: for network shares; the writer locks everyone else out. */
export type JournalMode = 'wal' | 'rollback';

export interface DatabaseOptions {
  mode: 'write' | 'read';
  /** Make the file if it is missing (write mode only). */
  create?: boolean;
  journal: JournalMode;
  /** Called with statements that took longer than {@link SLOW_MILLISECONDS}. */
  onSlow?: (sql: string, milliseconds: number) => void;
}

/** Stands in the file's header (`Limn` in ASCII), so that `file` and Limn know a project from another database. */
export const APPLICATION_ID = 0x4c69_6d6e;

/** A statement slower than this is reported to `onSlow`. */
export const SLOW_MILLISECONDS = 100;

/** With less than this free, a failure of the disk is a full disk, bytes. */
const FULL_DISK_BYTES = 65_536;

/** Pages in the write-ahead log at which a commit itself moves them into the file (16 MB). */
const MOST_LOG_PAGES = 4096;

/** Writing is at rest after so long without a transaction; then the log is moved, and no stroke waits for it, ms. */
const REST_MILLISECONDS = 1500;

/** How long a statement waits for another process's lock, ms. */
const BUSY_MILLISECONDS = 5000;

/** One SQLite connection. All calls are synchronous and short. */
export class Database {
  readonly path: string;
  readonly mode: 'write' | 'read';
  /** The journal that is really in use; may be `rollback` although `wal` was asked for. */
  readonly journal: JournalMode;
  readonly #connection: SqliteDatabase.Database;
  readonly #statements = new Map<string, SqliteDatabase.Statement>();
  #rest: NodeJS.Timeout | undefined;
  readonly #onSlow: ((sql: string, milliseconds: number) => void) | undefined;

  private constructor(
    connection: SqliteDatabase.Database,
    path: string,
    options: DatabaseOptions,
    journal: JournalMode,
  ) {
    this.#connection = connection;
    this.path = path;
    this.mode = options.mode;
    this.journal = journal;
    this.#onSlow = options.onSlow;
  }

  /**
   * Opens a file. What may only be read (a write-protected folder, a full disk) is read as a file that nobody changes,
   * unless a log lies beside it. Throws NotFound, ProjectDamaged, ProjectLocked, DiskFull or InvalidInput, naming the file.
   */
  static open(path: string, options: DatabaseOptions): Database {
    try {
      return Database.#connect(path, path, options);
    } catch (error) {
      if (options.mode !== 'read' || !needsWriting(error) || hasLog(path)) throw translateError(error, path);
    }
    try {
      return Database.#connect(path, `${pathToFileURL(path).href}?immutable=1`, options);
    } catch (error) {
      throw translateError(error, path);
    }
  }

  static #connect(path: string, name: string, options: DatabaseOptions): Database {
    const write = options.mode === 'write';
    let connection: SqliteDatabase.Database | undefined;
    try {
      // A reader's connection is not opened read-only: the last one to leave must be able to clear the log away.
      connection = new SqliteDatabase(name, {
        fileMustExist: options.create !== true,
        timeout: BUSY_MILLISECONDS,
      });
      if (!write) connection.pragma('query_only = ON');
      if (options.create === true) connection.pragma('auto_vacuum = INCREMENTAL');
      // Before anything is written: the database of another program is left alone.
      else if (connection.pragma('application_id', { simple: true }) !== APPLICATION_ID)
        throw notAProject(path);
      const journal = write ? chooseJournal(connection, options.journal) : readJournal(connection);
      connection.pragma('synchronous = FULL');
      connection.pragma(`wal_autocheckpoint = ${MOST_LOG_PAGES}`);
      connection.pragma('foreign_keys = ON');
      connection.pragma('trusted_schema = OFF');
      return new Database(connection, path, options, journal);
    } catch (error) {
      connection?.close();
      throw error;
    }
  }

  /** Runs a statement that changes rows. */
  run(sql: string, ...values: SqlValue[]): { changes: number; lastId: number } {
    const result = this.#timed(sql, (statement) => statement.run(...values));
    return { changes: result.changes, lastId: Number(result.lastInsertRowid) };
  }

  /** First row of a query, if any. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#timed(sql, (statement) => statement.get(...values)) as Row | undefined;
  }

  /** All rows of a query. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#timed(sql, (statement) => statement.all(...values)) as Row[];
  }

  /** Statements without values: migrations. */
  execute(sql: string): void {
    this.#translated(() => this.#connection.exec(sql));
  }

  /** Value of a pragma such as `user_version`, or sets one (`user_version = 3`). */
  pragma(text: string): unknown {
    return this.#translated(() => this.#connection.pragma(text, { simple: true }));
  }

  /** All rows of a pragma such as `integrity_check`. */
  pragmaRows<Row>(text: string): Row[] {
    return this.#translated(() => this.#connection.pragma(text)) as Row[];
  }

  /** Runs `work` whole or not at all; nested calls join by savepoint. The write lock is taken at the start. */
  transaction<T>(work: () => T): T {
    const result = this.#translated(() => this.#connection.transaction(work).immediate());
    if (this.journal === 'wal' && !this.#connection.inTransaction) this.#checkpointAtRest();
    return result;
  }

  /** Copies the whole database, uncommitted pages of others excluded, into a new file. */
  copyTo(path: string): void {
    this.run('VACUUM INTO ?', path);
  }

  /** The same page by page, without holding up other work; what this connection commits meanwhile is in the copy. */
  async backUpTo(path: string): Promise<void> {
    try {
      await this.#connection.backup(path);
    } catch (error) {
      throw translateError(error, path);
    }
  }

  /**
   * Moves the write-ahead log into the file, so that copying the one file is safe, and closes. On a full disk the log
   * stays beside the file with everything that was committed, and the next closing moves it.
   */
  close(): void {
    if (!this.#connection.open) return;
    clearTimeout(this.#rest);
    try {
      if (this.mode === 'write' && this.journal === 'wal') {
        this.#translated(() => this.#connection.pragma('wal_checkpoint(TRUNCATE)'));
      }
    } catch (error) {
      if (!isLimnError(error, 'DiskFull')) throw error;
    } finally {
      this.#connection.close();
    }
  }

  /** Moves committed pages from the log into the file once nothing is written; what is not moved yet is as durable in the log. */
  #checkpointAtRest(): void {
    if (this.#rest) {
      this.#rest.refresh();
      return;
    }
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#moveLog();
    }, REST_MILLISECONDS);
    this.#rest.unref();
  }

  #moveLog(): void {
    if (!this.#connection.open) return;
    try {
      this.#connection.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      // The log keeps what was committed; the next commit or closing meets the same failure and tells it.
      if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
    }
  }

  #timed<T>(sql: string, call: (statement: SqliteDatabase.Statement) => T): T {
    return this.#translated(() => {
      let statement = this.#statements.get(sql);
      if (statement === undefined) {
        statement = this.#connection.prepare(sql);
        this.#statements.set(sql, statement);
      }
      const start = performance.now();
      const result = call(statement);
      const milliseconds = performance.now() - start;
      if (milliseconds > SLOW_MILLISECONDS) this.#onSlow?.(sql, milliseconds);
      return result;
    });
  }

  #translated<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw translateError(error, this.path);
    }
  }
}

/** Sets the journal. Where the file system cannot do WAL, SQLite keeps the rollback journal and says so. */
function chooseJournal(connection: SqliteDatabase.Database, wanted: JournalMode): JournalMode {
  if (wanted === 'wal' && connection.pragma('journal_mode = WAL', { simple: true }) === 'wal') return 'wal';
  connection.pragma('locking_mode = EXCLUSIVE');
  connection.pragma('journal_mode = DELETE');
  return 'rollback';
}

function readJournal(connection: SqliteDatabase.Database): JournalMode {
  return connection.pragma('journal_mode', { simple: true }) === 'wal' ? 'wal' : 'rollback';
}

/** Whether reading failed because SQLite could not write what it keeps beside a file in write-ahead mode. */
function needsWriting(error: unknown): boolean {
  if (!(error instanceof SqliteDatabase.SqliteError)) return false;
  return ['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_IOERR_SHM'].some((code) =>
    error.code.startsWith(code),
  );
}

/** Whether commits may lie in the write-ahead log, so that the file alone is not the project. */
function hasLog(path: string): boolean {
  const log = `${path}-wal`;
  return existsSync(log) && statSync(log).size > 0;
}

/** Whether the disk that holds `path` has no room left; false where the system does not tell. */
function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < FULL_DISK_BYTES;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

function notAProject(path: string, cause?: unknown): LimnError {
  return new LimnError(
    'ProjectDamaged',
    `'${path}' is not a Limn project. Choose a .limn file, or make one with \`limn new\`.`,
    { fields: { path }, cause },
  );
}

/** The LimnError for an error of SQLite (by its code) on the file `path`; any other error unchanged. */
function translateError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteDatabase.SqliteError)) return error;
  const options = { fields: { path, code: error.code }, cause: error };
  const code = error.code;
  if (code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && isDiskFull(path))) {
    return new LimnError(
      'DiskFull',
      `The disk is full: '${path}' could not be written and is as it was. Free some space and try again.`,
      options,
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LimnError(
      'ProjectLocked',
      `'${path}' is in use by another program. Close the project there and try again.`,
      options,
    );
  }
  if (code === 'SQLITE_NOTADB') {
    return notAProject(path, error);
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new LimnError(
      'ProjectDamaged',
      `'${path}' is damaged. Run \`limn doctor\` on it, and go back to a backup if it confirms this.`,
      options,
    );
  }
  if (code.startsWith('SQLITE_CANTOPEN') && !existsSync(path)) {
    return new LimnError('NotFound', `'${path}' cannot be opened. Check that it exists.`, options);
  }
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY') ||
    code === 'SQLITE_PERM' ||
    code === 'SQLITE_AUTH'
  ) {
    return new LimnError(
      'InvalidInput',
      `'${path}' cannot be written. Check the permissions of the file and of its folder, or copy it to a folder of yours.`,
      options,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new LimnError(
      'ProjectDamaged',
      `The disk failed while '${path}' was read or written (${code}). Check the disk or the network share, then run \`limn doctor\`.`,
      options,
    );
  }
  return error;
}
