/** One training of a real data set through the command line, and its score. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { HyperParameters } from '../../app/engine/training/hyperParameters.ts';
import type { EvaluationReport } from '../../app/services/requests.ts';
import type { Dataset } from './datasets.ts';
import { measureReferenceStep } from './referenceStep.ts';

const ROOT = join(import.meta.dirname, '../..');
const LIMN = join(ROOT, 'bin/limn.js');
const WORK = join(import.meta.dirname, 'work');

/** How a run was made, whatever was scored. */
export interface RunRecord {
  seed: number;
  command: string;
  /** Matrix products here, and one step here, measured in turns before the run. */
  gflops: number;
  secondsPerStep: number;
  /** The same after the run; absent in runs that were made before this was measured. */
  gflopsAfter?: number;
  secondsPerStepAfter?: number;
  referenceMinutes: number;
  steps: number;
  date: string;
  commit: string;
  machine: string;
}

/** What is trained, and for how long on the reference machine. */
export interface RunOrder {
  seed: number;
  referenceMinutes: number;
  /** The recipe whose step turns minutes into steps; `options` must ask for the same. */
  recipe: HyperParameters;
  /** Of `limn train`, beside images, steps, device and seed. */
  options: readonly string[];
}

/** Import, train for the scaled budget, evaluate. The machine's rate is measured before and after. */
export async function trainAndScore(
  dataset: Dataset,
  { seed, referenceMinutes, recipe, options }: RunOrder,
): Promise<{ record: RunRecord; report: EvaluationReport }> {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  const project = join(WORK, `${dataset.name}-${seed}.limn`);
  await limn('new', project);
  for (const step of dataset.imports) await limn('import', project, ...step.files, ...step.options);
  const reference = await measureReferenceStep(recipe);
  const steps = Math.round(referenceMinutes * reference.stepsPerMinute);
  const train = ['train', project, '--images', dataset.train, '--steps', String(steps)];
  train.push('--device', 'cpu', '--seed', String(seed), ...options);
  await limn(...train);
  const after = await measureReferenceStep(recipe);
  const evaluate = ['evaluate', project, '--images', dataset.score, '--device', 'cpu'];
  const report = JSON.parse(await limn(...evaluate)) as EvaluationReport;
  const record = {
    seed,
    command: `limn ${train.map((part) => part.replace(`${WORK}/`, '')).join(' ')}`,
    gflops: reference.gflops,
    secondsPerStep: reference.secondsPerStep,
    gflopsAfter: after.gflops,
    secondsPerStepAfter: after.secondsPerStep,
    referenceMinutes,
    steps,
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
  };
  return { record, report };
}

/** Runs the command line with `--json` and gives its standard output; its words on failure go to this terminal. */
function limn(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LIMN, ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0
        ? resolve(text)
        : reject(new Error(`limn ${args[0]} ended with ${code}: ${text.slice(-500)}`)),
    );
  });
}
