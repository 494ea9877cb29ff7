/** Writes the results page from the recorded runs: medians over the seeds, every run, commands and machine. */

import type { Dataset } from './datasets.ts';

/** One training and its scores. */
export interface ResultRun {
  dataset: string;
  seed: number;
  command: string;
  gflopsBefore: number;
  gflopsAfter: number;
  minutes: number;
  referenceMinutes: number;
  steps: number;
  figures: Record<string, number>;
  f1: { iou: number; f1: number }[];
  date: string;
  commit: string;
  machine: string;
}

/** The page as Markdown. */
export function resultsPage(sets: readonly Dataset[], runs: readonly ResultRun[]): string {
  const head = `# Results on real microscopy

Written by \`npm run results\`; nothing is tuned per image. A reference minute is a minute on two cores that multiply 2048²
float32 matrices at 250 GFLOP/s: that rate is measured before each run and the training time scaled by it. Each run names its commit: the recipe may have changed since
(\`bbbc039\` seed 1 had percentile instead of z-score input), and runs with fewer reference minutes than the budget used part of it only.

| data | figure | to reach | median | spread (seeds) | reached | a plain recipe |
|---|---|---|---|---|---|---|
`;
  const rows = sets.flatMap((set) =>
    set.figures.map((figure) => {
      const values = runs
        .filter((run) => run.dataset === set.name)
        .map((run) => run.figures[figure.name])
        .filter((value) => value !== undefined)
        .sort((a, b) => a - b);
      const middle = median(values);
      const sign = figure.better === 'higher' ? '≥' : '≤';
      const reached =
        middle === null
          ? 'not measured'
          : (figure.better === 'higher' ? middle >= figure.target : middle <= figure.target)
            ? 'yes'
            : 'no';
      const spread =
        values.length === 0
          ? '–'
          : `${format(values[0] ?? null)}–${format(values.at(-1) ?? null)} (${values.length})`;
      return `| \`${set.name}\` | ${figure.name} | ${sign} ${figure.target} | ${format(middle)} | ${spread} | ${reached} | ${figure.plain} |`;
    }),
  );
  const sections = sets.map((set) => {
    const lines = runs
      .filter((run) => run.dataset === set.name)
      .sort((a, b) => a.seed - b.seed)
      .map(
        (run) =>
          `| ${run.seed} | ${run.steps} | ${run.minutes.toFixed(1)} | ${run.referenceMinutes.toFixed(1)} | ${run.gflopsBefore.toFixed(0)} → ${run.gflopsAfter.toFixed(0)} | ${Object.values(run.figures).map(format).join(' / ')} | ${run.f1.map((score) => format(score.f1)).join(' ')} | ${run.commit} |`,
      );
    const example = runs.find((run) => run.dataset === set.name);
    return `## ${set.name}

${set.what}; ${set.minutes} reference minutes.${example === undefined ? ' Not measured yet.' : `\n\n\`${example.command}\` on ${example.machine}`}

| seed | steps | minutes | reference minutes | GFLOP/s before → after | ${set.figures.map((figure) => figure.name).join(' / ')} | F1 at IoU 0.5 0.6 0.7 0.8 0.9 | commit |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
  });
  return `${head}${rows.join('\n')}\n\n${sections.join('\n')}`;
}

function median(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function format(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}
