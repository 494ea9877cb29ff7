/**
 * `npm run results [-- --only bbbc039,isbi2012_em] [--comparison separation] [--seeds 1,2,3] [--share 1]`: trains and scores on real data
 * through the command line and writes resources/docs/results.json and results.md, or with `--comparison` comparisons.json and
 * comparisons.md. Runs are added to those that the JSON holds for other seeds. `--share` takes part of the budget only. The budget
 * is given in steps, so that what else this machine does changes no result: as many as the reference machine does in its minutes.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRESETS } from '../../app/services/trainingPresets.ts';
import { comparisons } from './comparisons.ts';
import { type ComparisonRun, comparisonsPage } from './comparisonsPage.ts';
import { dataFolder, datasets } from './datasets.ts';
import { type ResultRun, resultsPage } from './resultsPage.ts';
import { trainAndScore } from './trainAndScore.ts';

const DOCS = join(import.meta.dirname, '../../resources/docs');

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    comparison: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    share: { type: 'string', default: '1' },
  },
});
const folder = dataFolder();
if (folder === null) {
  console.error('No real data here: put it into ../shared/data or name its folder in LIMN_DATA.');
  process.exit(3);
}
const sets = datasets(folder);
const seeds = values.seeds.split(',').map(Number);
const share = Number(values.share);
if (values.comparison === undefined) await measureResults(values.only?.split(','));
else await compare(values.comparison.split(','));

async function measureResults(only: string[] | undefined): Promise<void> {
  const runs = read<ResultRun>('results.json');
  for (const seed of seeds) {
    for (const dataset of sets.filter(({ name }) => only === undefined || only.includes(name))) {
      const { record, report } = await trainAndScore(dataset, {
        seed,
        referenceMinutes: share * dataset.minutes,
        recipe: PRESETS.fast,
        options: [],
      });
      const run: ResultRun = {
        dataset: dataset.name,
        ...record,
        figures: Object.fromEntries(dataset.figures.map((figure) => [figure.name, figure.of(report)])),
        f1: report.overall.instances.map((score) => ({ iou: score.iou, f1: score.f1 })),
      };
      replace(runs, run, (other) => other.dataset === run.dataset && other.seed === run.seed);
      write('results', runs, resultsPage(sets, runs));
      console.log(dataset.name, `seed ${seed}`, JSON.stringify(run.figures), `${run.steps} steps`);
    }
  }
}

async function compare(names: readonly string[]): Promise<void> {
  const all = comparisons(sets);
  const unknown = names.find((name) => all.every((comparison) => comparison.name !== name));
  if (unknown !== undefined) {
    console.error(`There is no comparison ${unknown}; there are ${all.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  const runs = read<ComparisonRun>('comparisons.json');
  for (const seed of seeds) {
    for (const comparison of all.filter(({ name }) => names.includes(name))) {
      for (const arm of comparison.arms) {
        const { record, report } = await trainAndScore(comparison.dataset, {
          seed,
          ...arm,
          referenceMinutes: share * arm.referenceMinutes,
        });
        const run: ComparisonRun = {
          comparison: comparison.name,
          arm: arm.name,
          ...record,
          figures: Object.fromEntries(comparison.figures.map(({ name, of }) => [name, of(report)])),
        };
        replace(
          runs,
          run,
          (other) => other.comparison === run.comparison && other.arm === run.arm && other.seed === run.seed,
        );
        write('comparisons', runs, comparisonsPage(all, runs));
        console.log(comparison.name, arm.name, `seed ${seed}`, JSON.stringify(run.figures));
      }
    }
  }
}

function read<Run>(file: string): Run[] {
  const path = join(DOCS, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Run[]) : [];
}

function write(name: string, runs: readonly unknown[], page: string): void {
  writeFileSync(join(DOCS, `${name}.json`), `${JSON.stringify(runs, null, 1)}\n`);
  writeFileSync(join(DOCS, `${name}.md`), page);
}

/** In place of the run that is `same`, else at the end. */
function replace<Run>(runs: Run[], run: Run, same: (other: Run) => boolean): void {
  const index = runs.findIndex(same);
  runs.splice(index < 0 ? runs.length : index, index < 0 ? 0 : 1, run);
}
