/** Whether a folder lies where SQLite's write-ahead log works: not on a network share. */

import { statfsSync } from 'node:fs';
import type { JournalMode } from './database.ts';

/** Magic numbers of Linux file systems (statfs(2)) whose shared memory does not reach other machines. */
const NETWORK_FILE_SYSTEMS = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff53_4d42, // CIFS
  0xfe53_4d42, // SMB2
  0x6573_5546, // FUSE: sshfs and others
  0x0102_1997, // 9p
  0x5346_414f, // AFS
  0x00c3_6400, // Ceph
  0x0bd0_0bd0, // Lustre
  0x4750_4653, // GPFS
  0x786f_4256, // VirtualBox shared folders
]);

/** `rollback` where the folder lies on a network share, else `wal`. Throws what statfs throws for a missing folder. */
export function journalModeFor(folder: string): JournalMode {
  if (process.platform === 'win32') return folder.startsWith('\\\\') ? 'rollback' : 'wal';
  if (process.platform !== 'linux') return 'wal';
  return NETWORK_FILE_SYSTEMS.has(statfsSync(folder).type >>> 0) ? 'rollback' : 'wal';
}
