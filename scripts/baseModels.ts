/**
 * `npm run base-models [-- --steps 800]`: trains the models that come with Limn, on simulated images only, and writes
 * resources/models/. The same steps give the same models on the same machine.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { BASE_MODELS, baseModelPath } from '../app/services/baseModels.ts';

const IMAGES = 24;
const SEED = 1505;
const LIMN = join(import.meta.dirname, '../bin/limn.js');

const { values } = parseArgs({ options: { steps: { type: 'string', default: '800' } } });

for (const kind of BASE_MODELS) {
  const folder = mkdtempSync(join(tmpdir(), 'limn-base-'));
  try {
    const project = join(folder, `${kind}.limn`);
    const labelKind = kind === 'membranes' ? 'classes' : 'instances';
    limn('sample', folder, '--kind', kind, '--count', String(IMAGES), '--seed', String(SEED));
    limn('new', project);
    limn(
      'import',
      project,
      join(folder, 'images'),
      '--labels',
      join(folder, 'labels'),
      '--label-kind',
      labelKind,
    );
    limn('train', project, '--steps', values.steps, '--seed', String(SEED), '--device', 'cpu');
    mkdirSync(dirname(baseModelPath(kind)), { recursive: true });
    limn('export-model', project, '--half-precision', '--out', baseModelPath(kind));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function limn(...args: string[]): void {
  const { status } = spawnSync(process.execPath, [LIMN, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`limn ${args[0]} ended with ${status}.`);
}
