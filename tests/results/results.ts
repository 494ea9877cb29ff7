/**
 * `npm run results [-- --only bbbc039,isbi2012_em] [--seeds 1,2,3] [--share 1]`: trains and scores on real data through the command line
 * and writes resources/docs/results.json and results.md. Runs are added to those that the JSON holds for other seeds. `--share` takes part of
 * the budget only. The budget is given in steps, so that what else this machine does changes no result: as many as the reference
 * machine does in its minutes.
 */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EvaluationReport } from '../../app/services/requests.ts';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { type Dataset, dataFolder, datasets } from './datasets.ts';
import { measureReferenceStep } from './referenceStep.ts';
import { type ResultRun, resultsPage } from './resultsPage.ts';

const ROOT = join(import.meta.dirname, '../..');
const LIMN = join(ROOT, 'bin/limn.js');
const WORK = join(import.meta.dirname, 'work');
const JSON_PATH = join(ROOT, 'resources/docs/results.json');

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    share: { type: 'string', default: '1' },
  },
});
const folder = dataFolder();
if (folder === null) {
  console.error('No real data here: put it into ../shared/data or name its folder in LIMN_DATA.');
  process.exit(3);
}
const all = datasets(folder);
const only = values.only?.split(',');
const chosen = all.filter((dataset) => only === undefined || only.includes(dataset.name));
const runs: ResultRun[] = existsSync(JSON_PATH)
  ? (JSON.parse(readFileSync(JSON_PATH, 'utf8')) as ResultRun[])
  : [];

for (const seed of values.seeds.split(',').map(Number)) {
  for (const dataset of chosen) {
    const run = await measure(dataset, seed);
    const same = runs.findIndex((other) => other.dataset === run.dataset && other.seed === run.seed);
    runs.splice(same < 0 ? runs.length : same, same < 0 ? 0 : 1, run);
    writeFileSync(JSON_PATH, `${JSON.stringify(runs, null, 1)}\n`);
    writeFileSync(join(ROOT, 'resources/docs/results.md'), resultsPage(all, runs));
    console.log(dataset.name, `seed ${seed}`, JSON.stringify(run.figures), `${run.steps} steps`);
  }
}

/** Import, train for the scaled budget, evaluate. The machine's rate is measured before and after. */
async function measure(dataset: Dataset, seed: number): Promise<ResultRun> {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  const project = join(WORK, `${dataset.name}-${seed}.limn`);
  await limn('new', project);
  for (const step of dataset.imports) await limn('import', project, ...step.files, ...step.options);
  const reference = await measureReferenceStep(PRESETS.fast);
  const referenceMinutes = Number(values.share) * dataset.minutes;
  const steps = Math.round(referenceMinutes * reference.stepsPerMinute);
  const train = [
    'train',
    project,
    '--images',
    dataset.train,
    '--steps',
    String(steps),
    '--device',
    'cpu',
    '--seed',
    String(seed),
  ];
  await limn(...train);
  const after = await measureReferenceStep(PRESETS.fast);
  const report = JSON.parse(
    await limn('evaluate', project, '--images', dataset.score, '--device', 'cpu'),
  ) as EvaluationReport;
  return {
    dataset: dataset.name,
    seed,
    command: `limn ${train.map((part) => part.replace(`${WORK}/`, '')).join(' ')}`,
    gflops: reference.gflops,
    secondsPerStep: reference.secondsPerStep,
    gflopsAfter: after.gflops,
    secondsPerStepAfter: after.secondsPerStep,
    referenceMinutes,
    steps,
    figures: Object.fromEntries(dataset.figures.map((figure) => [figure.name, figure.of(report)])),
    f1: report.overall.instances.map((score) => ({ iou: score.iou, f1: score.f1 })),
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
  };
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
