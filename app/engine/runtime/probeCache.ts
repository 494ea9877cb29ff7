/** Timed probes kept from one start of Limn to the next, in the user's cache folder, as long as runtime and drivers are the same. */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, homedir, platform, release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProbeReport } from './probeProtocol.ts';

/** Where Vulkan's drivers register, on Linux; an update of one changes its file. */
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
/** Driver versions that the kernel tells of. */
const DRIVER_FILES = ['/proc/driver/nvidia/version'];
/** Entries kept; the oldest go first. */
const MOST_ENTRIES = 200;

const entrySchema = z.object({
  system: z.string(),
  report: z.object({
    ok: z.literal(true),
    adapter: z.object({ description: z.string(), software: z.boolean() }),
    milliseconds: z.number(),
    macs: z.number(),
    reason: z.null(),
  }),
});
const fileSchema = z.record(z.string(), entrySchema);

/** Folder of things that may be thrown away, by the customs of each system. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LIMN_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (LIMN_CACHE) return LIMN_CACHE;
  if (platform() === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData/Local'), 'Limn', 'Cache');
  if (platform() === 'darwin') return join(homedir(), 'Library/Caches/Limn');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'limn');
}

/** A digest of what a measured time depends on besides network and device: runtime, processor, system, drivers. */
export function systemFingerprint(environment: NodeJS.ProcessEnv = process.env): string {
  const drivers = [
    ...DRIVER_FILES,
    ...DRIVER_FOLDERS.flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
    ),
    ...[environment['VK_DRIVER_FILES'], environment['VK_ICD_FILENAMES']].flatMap(
      (list) => list?.split(':') ?? [],
    ),
  ]
    .filter((path) => existsSync(path))
    .map((path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`);
  const runtime = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  const parts = [runtime.version, platform(), release(), arch(), cpus().length, cpus()[0]?.model, ...drivers];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** The report kept for a request, if it was measured on the system as it is. */
export function cachedProbe(request: string, folder = cacheFolder()): ProbeReport | null {
  const entry = readEntries(folder)[request];
  return entry?.system === systemFingerprint() ? entry.report : null;
}

/** Keeps a timed report; anything else is asked for anew the next time. A cache that cannot be written is done without. */
export function keepProbe(request: string, report: ProbeReport, folder = cacheFolder()): void {
  const entry = entrySchema.safeParse({ system: systemFingerprint(), report });
  if (!entry.success) return;
  const { [request]: _, ...others } = readEntries(folder);
  const entries = [...Object.entries(others), [request, entry.data]].slice(-MOST_ENTRIES);
  const path = join(folder, 'probes.json');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.${process.pid}.tmp`, JSON.stringify(Object.fromEntries(entries)));
    renameSync(`${path}.${process.pid}.tmp`, path);
  } catch {
    // Nothing is lost but the second that a probe takes.
  }
}

function readEntries(folder: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(join(folder, 'probes.json'), 'utf8')));
  } catch {
    // No cache yet, or a damaged one.
    return {};
  }
}
