/** Writes the results page from the recorded runs: medians over the seeds, every run, commands and machine. */

import type { Dataset } from './datasets.ts';
import { median } from './median.ts';
import type { RunRecord } from './trainAndScore.ts';

/** One training and its scores. */
export interface ResultRun extends RunRecord {
  dataset: string;
  figures: Record<string, number>;
  f1: { iou: number; f1: number }[];
}

/** The page as Markdown. */
export function resultsPage(sets: readonly Dataset[], runs: readonly ResultRun[]): string {
  const head = `# Results on real microscopy

Written by \`npm run results\`; nothing is tuned per image. A reference minute is a minute on two cores that multiply 2048²
float32 matrices at 250 GFLOP/s. Before and after each run matrix products and training steps are timed in turns; the budget is as many
steps as the reference machine does in its minutes, less a tenth for validation and checkpoints. Counted in steps, a run gives
the same figures on a busy machine. Each run names its commit; runs with fewer reference minutes than the budget used part of it only.

| data | figure | to reach | median | spread (seeds) | reached | then to reach | reached | a plain recipe |
|---|---|---|---|---|---|---|---|---|
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
      const reached = (wanted: number): string =>
        middle === null
          ? 'not measured'
          : (figure.better === 'higher' ? middle >= wanted : middle <= wanted)
            ? 'yes'
            : 'no';
      const spread =
        values.length === 0
          ? '–'
          : `${format(values[0] ?? null)}–${format(values.at(-1) ?? null)} (${values.length})`;
      return `| \`${set.name}\` | ${figure.name} | ${sign} ${figure.target} | ${format(middle)} | ${spread} | ${reached(figure.target)} | ${sign} ${figure.goal} | ${reached(figure.goal)} | ${figure.plain} |`;
    }),
  );
  const sections = sets.map((set) => {
    const lines = runs
      .filter((run) => run.dataset === set.name)
      .sort((a, b) => a.seed - b.seed)
      .map(
        (run) =>
          `| ${run.seed} | ${run.steps} | ${run.referenceMinutes.toFixed(1)} | ${run.gflops.toFixed(0)} → ${run.gflopsAfter?.toFixed(0) ?? '–'} | ${milliseconds(run.secondsPerStep)} → ${milliseconds(run.secondsPerStepAfter)} | ${Object.values(run.figures).map(format).join(' / ')} | ${run.f1.map((score) => format(score.f1)).join(' ')} | ${run.commit} |`,
      );
    const example = runs.find((run) => run.dataset === set.name);
    return `## ${set.name}

${set.what}; ${set.minutes} reference minutes.${example === undefined ? ' Not measured yet.' : `\n\n\`${example.command}\` on ${example.machine}`}

| seed | steps | reference minutes | GFLOP/s before → after | ms a step before → after | ${set.figures.map((figure) => figure.name).join(' / ')} | F1 at IoU 0.5 0.6 0.7 0.8 0.9 | commit |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
  });
  return `${head}${rows.join('\n')}\n\n${sections.join('\n')}`;
}

function milliseconds(seconds: number | undefined): string {
  return seconds === undefined ? '–' : (1000 * seconds).toFixed(0);
}

function format(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}
