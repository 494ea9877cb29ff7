/** The page's rows among the benchmark's results: told apart from comparisons with peers, merged with earlier runs, as a table. */

import type { PageRow } from './pageRow.ts';

export function isPageRow(row: object): row is PageRow {
  return 'kind' in row && row.kind === 'page';
}

/** Earlier rows with the fresh ones in place of those of the same work. */
export function mergePageRows(known: readonly PageRow[], fresh: readonly PageRow[]): PageRow[] {
  return [...known.filter(({ work }) => fresh.every((row) => row.work !== work)), ...fresh];
}

/** A section of the benchmark page; empty without rows. */
export function pageSection(rows: readonly PageRow[]): string {
  if (rows.length === 0) return '';
  return `
## The page

Measured by \`npm run bench -- --only page\` in headless Chromium without a graphics card on a simulated 16-bit image with 5,000 labelled
objects. Latency runs from the event's timestamp to the end of the frame whose pixels, read back, have changed, and is the 95th percentile;
so is the script's, which Chromium's trace gives in time of the processor, without waiting for neighbours on the machine. Memory is the proportional set size of renderer and GPU processes. The load is the
machine's own average while measuring: above its number of cores the page had to wait for others.

| what | by the clock | at most | script, processor ms | at most | samples | load | note |
|---|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}
`;
}

function line(row: PageRow): string {
  const value = row.unit === '×' ? row.value.toFixed(2) : row.value.toFixed(row.value < 100 ? 1 : 0);
  return `| ${row.work} | ${value} ${row.unit} | ${row.atMost} ${row.unit} | ${row.scriptMs?.toFixed(1) ?? '–'} | ${row.scriptAtMost ?? '–'} | ${row.samples} | ${row.load.toFixed(1)} | ${row.note} |`;
}
