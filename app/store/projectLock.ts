/** One process owns a project for writing: `name.limn.lock` says who, where and under which address. */

import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { LimnError } from '../errors.ts';
import type { Database } from './database.ts';

/** Who writes to a project. */
export interface LockOwner {
  pid: number;
  host: string;
  /** Where the owner answers, if it serves. */
  address: string | null;
  since: string;
  /** When the owner's process began, as the system counts it; tells a reused pid from the owner. Null if unknown. */
  processStart: string | null;
  /** Tells this acquisition from every other. */
  token: string;
}

export class ProjectLock {
  readonly #path: string;
  #owner: LockOwner;

  private constructor(path: string, owner: LockOwner) {
    this.#path = path;
    this.#owner = owner;
  }

  /**
   * Takes the lock of the project that `database` has open for writing. The lock of a process that has ended
   * is taken over. The database's own write lock keeps two processes from doing so at once.
   * Throws ProjectLocked with `pid`, `host` and `address` of the owner.
   */
  static acquire(database: Database): ProjectLock {
    const path = lockPathOf(database.path);
    return database.transaction(() => {
      const owner = readOwner(path);
      if (owner !== null && isAlive(owner)) throw lockedBy(database.path, owner);
      const lock = new ProjectLock(path, {
        pid: process.pid,
        host: hostname(),
        address: null,
        since: new Date().toISOString(),
        processStart: processStartOf(process.pid),
        token: randomUUID(),
      });
      lock.#write();
      return lock;
    });
  }

  setAddress(address: string | null): void {
    this.#owner = { ...this.#owner, address };
    this.#write();
  }

  /** Removes the lock if it still is this one's. */
  release(): void {
    if (readOwner(this.#path)?.token === this.#owner.token) rmSync(this.#path, { force: true });
  }

  #write(): void {
    const temporary = `${this.#path}.${this.#owner.token}`;
    writeFileSync(temporary, `${JSON.stringify(this.#owner, null, 2)}\n`);
    renameSync(temporary, this.#path);
  }
}

/** Where a project's lock lies. */
export function lockPathOf(projectPath: string): string {
  return `${projectPath}.lock`;
}

/** The process that owns a project for writing now, or null. */
export function ownerOf(projectPath: string): LockOwner | null {
  const owner = readOwner(lockPathOf(projectPath));
  return owner !== null && isAlive(owner) ? owner : null;
}

/** The error that names the owner, so that a command can be forwarded to it. */
export function lockedBy(projectPath: string, owner: LockOwner): LimnError {
  const where = owner.address === null ? '' : ` at ${owner.address}`;
  return new LimnError(
    'ProjectLocked',
    `'${projectPath}' is open in another Limn (process ${owner.pid} on ${owner.host}${where}). Close it there and try again.` +
      (owner.host === hostname()
        ? ''
        : ` If that computer no longer runs, delete '${lockPathOf(projectPath)}'.`),
    { fields: { path: projectPath, pid: owner.pid, host: owner.host, address: owner.address } },
  );
}

/** Content of a lock file; null if there is none or it is not one. */
function readOwner(path: string): LockOwner | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return parseOwner(text);
}

function parseOwner(text: string): LockOwner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('token' in value)) return null;
    return value as LockOwner;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** False only if the owner is known to have ended: on this computer, no such process, or one that began later. */
function isAlive(owner: LockOwner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const start = processStartOf(owner.pid);
  return owner.processStart === null || start === null || start === owner.processStart;
}

/** Boot and clock tick at which a process began (Linux: /proc); null elsewhere. */
function processStartOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Fields after the name, which may hold spaces and brackets; the 22nd field of all is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}:${fields[19] ?? ''}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
