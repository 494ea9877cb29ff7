/** A real file system of a few kilobytes, so that a full disk and a write-protected one are what they are called. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs of the system, not of a package. */
const [MOUNT, UNMOUNT] = ['mount', 'umount'];

interface Test {
  after(cleanUp: () => void): void;
  skip(reason: string): void;
}

/** Mounts a file system of `kilobytes` for the test's time; null, and the test skipped, where that is not allowed. */
export function smallDisk(test: Test, kilobytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'limn-disk-'));
  const mounted = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  test.after(() => {
    // Lazily: what the test still has open must not keep the other clean-ups from running.
    if (mounted.status === 0) spawnSync(UNMOUNT, ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  if (mounted.status !== 0) {
    test.skip('a small file system cannot be mounted here');
    return null;
  }
  return folder;
}

/** Leaves so many bytes free, none unless said otherwise; gives the file that takes the others. */
export function fillDisk(folder: string, leftBytes = 0): string {
  const ballast = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - leftBytes)));
  return ballast;
}

/** Makes a mounted disk write-protected, for the system's administrator as well. */
export function protectDisk(folder: string): void {
  const { status, stderr } = spawnSync(MOUNT, ['-o', 'remount,ro', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
