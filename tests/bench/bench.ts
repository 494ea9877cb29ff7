/**
 * `npm run bench [-- --only weight-map,…]`: our figures beside the peers', alternating in one run; writes benchmarks.json and
 * benchmarks.md. Ratios of medians count; seconds depend on the machine and its neighbours.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCheckpoints } from './checkpoints.ts';
import type { Comparison } from './comparison.ts';
import { benchLargePrediction, benchTrainingMemory } from './memory.ts';
import { benchPage } from './page/pageBench.ts';
import type { PageRow } from './page/pageRow.ts';
import { isPageRow, mergePageRows, pageSection } from './page/pageTable.ts';
import { benchSampleCost } from './sampleCost.ts';
import { benchTensorflow } from './tensorflow.ts';
import { benchTrainingStep } from './trainingStep.ts';
import { benchWeightMap } from './weightMap.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, repeats: { type: 'string', default: '5' } },
});
const benches = {
  'weight-map': benchWeightMap,
  'training-step': benchTrainingStep,
  'training-memory': benchTrainingMemory,
  prediction: benchLargePrediction,
  'sample-cost': benchSampleCost,
  tensorflow: benchTensorflow,
  checkpoints: benchCheckpoints,
};
const chosen = values.only?.split(',') ?? [...Object.keys(benches), 'page'];
const comparisons: Comparison[] = [];
for (const [name, bench] of Object.entries(benches))
  if (chosen.includes(name)) comparisons.push(...(await bench(Number(values.repeats))));
const pageRows = chosen.includes('page') ? await benchPage() : [];

const folder = join(import.meta.dirname, '../../resources/docs');
const file = join(folder, 'benchmarks.json');
// What was not run now keeps its figures.
const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as (Comparison | PageRow)[]) : [];
const known = stored.filter((row): row is Comparison => !isPageRow(row));
const page = mergePageRows(stored.filter(isPageRow), pageRows);
/** A pair that was measured once is worth more than one side of it measured now. */
const lacksPeer = (one: Comparison): boolean =>
  one.theirs.length === 0 && known.some(({ work, theirs }) => work === one.work && theirs.length > 0);
for (const { work, peer } of comparisons.filter(lacksPeer))
  console.log(`${work}: ${peer}; the figures of the last run with it are kept`);
const fresh = comparisons.filter((one) => !lacksPeer(one));
const isFresh = ({ work }: Comparison): boolean => fresh.some((one) => one.work === work);
const rows = [...known.filter((one) => !isFresh(one)), ...fresh].map((one) => ({
  ...one,
  ratio: median(one.ours) / median(one.theirs),
}));
writeFileSync(file, `${JSON.stringify([...rows, ...page], null, 1)}\n`);
writeFileSync(
  join(folder, 'benchmarks.md'),
  `# Benchmarks

Written by \`npm run bench\` on ${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores; both sides alternate in one run, two threads each.
A ratio below 1 means that Limn is faster.

${tableOf(
  rows.filter(({ unit }) => unit !== 'bytes'),
  'ms',
)}

Peak resident memory of a process:

${tableOf(
  rows.filter(({ unit }) => unit === 'bytes'),
  'MB',
)}
${pageSection(page)}`,
);
for (const row of rows.filter(isFresh)) {
  const unit = row.unit === 'bytes' ? 'MB' : 'ms';
  console.log(
    `${row.work}: ${figure(row.ours, unit)} ${unit}, ${row.peer} ${figure(row.theirs, unit)} ${unit}, ratio ${row.ratio.toPrecision(3)} (at most ${row.atMost})`,
  );
}

function tableOf(some: readonly (Comparison & { ratio: number })[], unit: 'ms' | 'MB'): string {
  const lines = some.map(
    (row) =>
      `| ${row.work} | ${row.peer} | ${figure(row.ours, unit)} | ${figure(row.theirs, unit)} | ${Number.isNaN(row.ratio) ? 'peer missing' : row.ratio.toPrecision(row.ratio < 1 ? 2 : 3)} | ${row.atMost} | ${row.note} |`,
  );
  return [
    `| work | peer | ours, ${unit} | peer, ${unit} | ours / peer | at most | note |`,
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function figure(values: readonly number[], unit: 'ms' | 'MB'): string {
  const middle = median(values);
  if (Number.isNaN(middle)) return '–';
  return unit === 'ms' ? (middle * 1000).toPrecision(4) : (middle / 2 ** 20).toFixed(0);
}
