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
import { benchPage } from './page/pageBench.ts';
import type { PageRow } from './page/pageRow.ts';
import { isPageRow, mergePageRows, pageSection } from './page/pageTable.ts';
import { benchTrainingStep } from './trainingStep.ts';
import { benchWeightMap } from './weightMap.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, repeats: { type: 'string', default: '5' } },
});
const benches = {
  'weight-map': benchWeightMap,
  'training-step': benchTrainingStep,
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
const isFresh = ({ work }: Comparison): boolean => comparisons.some((one) => one.work === work);
const rows = [...known.filter((one) => !isFresh(one)), ...comparisons].map((one) => ({
  ...one,
  ratio: median(one.ours) / median(one.theirs),
}));
writeFileSync(file, `${JSON.stringify([...rows, ...page], null, 1)}\n`);
writeFileSync(
  join(folder, 'benchmarks.md'),
  `# Benchmarks

Written by \`npm run bench\` on ${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores; both sides alternate in one run, two threads each.
A ratio below 1 means that Limn is faster.

| work | peer | ours, ms | peer, ms | ours / peer | at most | note |
|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row.work} | ${row.peer} | ${milliseconds(row.ours)} | ${milliseconds(row.theirs)} | ${Number.isNaN(row.ratio) ? 'peer missing' : row.ratio.toPrecision(2)} | ${row.atMost} | ${row.note} |`).join('\n')}
${pageSection(page)}`,
);
for (const row of rows.filter(isFresh))
  console.log(
    `${row.work}: ${milliseconds(row.ours)} ms, ${row.peer} ${milliseconds(row.theirs)} ms, ratio ${row.ratio.toPrecision(3)} (at most ${row.atMost})`,
  );

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function milliseconds(seconds: readonly number[]): string {
  return Number.isNaN(median(seconds)) ? '–' : (median(seconds) * 1000).toPrecision(4);
}
