/**
 * `npm run setup:tensorflow`: fetches TensorFlow's native package for `--engine tfjs`, and says whether it loads. The version is
 * the one that package.json names; package.json and the lock file stay as they are, so `npm ci` takes the package away again.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { tryTensorflow } from '../app/engine/runtime/devices.ts';

const root = resolve(import.meta.dirname, '..');
const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const manifest = z
  .object({ peerDependencies: z.object({ [GPU_PACKAGE]: z.string() }) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const version = manifest.peerDependencies[GPU_PACKAGE]!;
// There is no TensorFlow for the cards of Macs and of processors other than x64.
const hasGpu = process.platform !== 'darwin' && process.arch === 'x64';
const name = hasGpu ? GPU_PACKAGE : '@tensorflow/tfjs-node';

function run(command: string, args: readonly string[], folder: string): void {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const { status } = spawnSync(command, args, {
    cwd: folder,
    stdio: 'inherit',
    // On Windows npm is a script of the shell.
    shell: command === 'npm' && process.platform === 'win32',
    env: { ...process.env, PATH: path },
  });
  if (status === 0) return;
  console.error(`${name} could not be fetched; check the connection, or train without --engine tfjs.`);
  process.exit(4);
}

// Its install step is run by name: newer versions of npm run those of approved packages only. (An optional peer that is asked
// for as nothing else is not installed.)
run(
  'npm',
  [
    'install',
    '--no-save',
    '--save-prod',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    `${name}@${version}`,
  ],
  root,
);
run(
  process.execPath,
  ['scripts/install.js', hasGpu ? 'gpu' : 'cpu', 'download'],
  join(root, 'node_modules', name),
);
const { ok, adapter, reason } = await tryTensorflow();
if (ok && adapter?.software === false) {
  console.log(`${adapter.description} is ready. Train with --engine tfjs.`);
} else {
  console.error(`${name} is there but is not used: ${reason ?? 'no reason was given'}`);
  process.exit(4);
}
