/** Builds the page when it is missing or older than its sources; shared by `npm start`, `limn serve` and `npm test`. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const SOURCES = [
  'renderer',
  'app/labels',
  'app/science',
  'app/api/types.ts',
  'vite.config.ts',
  'package-lock.json',
];

/** A file inside an installed package, as an absolute path. */
export function toolPath(packageName: string, file: string): string {
  return join(ROOT, 'node_modules', packageName, file);
}

/** Builds `dist/renderer` with Vite if any source is newer than the last build. Throws with Vite's own words. */
export async function buildRenderer(): Promise<void> {
  const built = join(ROOT, 'dist/renderer/index.html');
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (SOURCES.every((source) => newestChange(join(ROOT, source)) < builtAt)) return;
  // A remark for a person: standard output may belong to a script that reads JSON.
  console.error('Building the page …');
  const { build } = await import('vite');
  await build({ root: join(ROOT, 'renderer'), configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
}

/** True where a program of that name answers to `--version`. */
export function answers(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function newestChange(path: string): number {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
