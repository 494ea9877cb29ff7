/** Writes the part of the results page that compares ways of training. */

import type { Comparison } from './comparisons.ts';
import { median } from './median.ts';
import type { RunRecord } from './trainAndScore.ts';

/** One training of one arm. */
export interface ComparisonRun extends RunRecord {
  comparison: string;
  arm: string;
  figures: Record<string, number>;
}

/** As Markdown; comparisons without a run are named at the end. */
export function comparisonsPage(all: readonly Comparison[], runs: readonly ComparisonRun[]): string {
  const made = all.filter(({ name }) => runs.some((run) => run.comparison === name));
  const missing = all.filter((comparison) => !made.includes(comparison));
  const sections = made.map((comparison) => sectionOf(comparison, runs));
  const rest =
    missing.length === 0
      ? ''
      : `\nNot measured yet: ${missing.map(({ name }) => `\`${name}\``).join(', ')} (\`npm run results -- --comparison <name>\`).\n`;
  return `# Comparisons

Medians over the seeds, and the spread; the arms of one seed differ in nothing but what their name says, and have the same time on the
reference machine, counted in steps of their own recipe.
${sections.join('')}${rest}`;
}

function sectionOf(
  { name, question, dataset, arms, figures }: Comparison,
  runs: readonly ComparisonRun[],
): string {
  const rows = arms.map((arm) => {
    const own = runs.filter((run) => run.comparison === name && run.arm === arm.name);
    const cells = figures.map((figure) => {
      const values = own
        .map((run) => run.figures[figure.name])
        .filter((value) => value !== undefined)
        .sort((a, b) => a - b);
      const middle = median(values);
      if (middle === null) return 'not measured';
      const spread = `${values[0]?.toFixed(figure.digits)}–${values.at(-1)?.toFixed(figure.digits)}`;
      return values.length === 1
        ? middle.toFixed(figure.digits)
        : `${middle.toFixed(figure.digits)} (${spread})`;
    });
    const minutes = [...new Set(own.map((run) => run.referenceMinutes))].join(', ');
    const steps = own.map((run) => run.steps).join(', ');
    const commits = [...new Set(own.map((run) => run.commit))].join(', ');
    return `| ${arm.name} | ${cells.join(' | ')} | ${own.map((run) => run.seed).join(', ')} | ${minutes} | ${steps} | ${commits} |`;
  });
  return `
## ${name}

${question} Data: \`${dataset.name}\`.

| way | ${figures.map((figure) => figure.name).join(' | ')} | seeds | reference minutes | steps | commit |
|---|${figures.map(() => '---|').join('')}---|---|---|---|
${rows.join('\n')}
`;
}
