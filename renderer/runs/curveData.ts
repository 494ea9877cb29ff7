/** From points of runs to columns of a plot: steps of all runs together, and one column a run and measure. */

import type { MetricPoint } from '../../app/api/types.ts';

/** Measures that a curve can show, in the order of their columns. */
export const LOSSES = ['loss', 'validationLoss'] as const;
export const SCORES = ['validationIou', 'validationF1'] as const;
export type Measure = (typeof LOSSES)[number] | (typeof SCORES)[number];

export type Columns = [number[], ...(number | null)[][]];

/**
 * Columns of a plot: the steps of all runs, rising, each once; then for each run its measures, null where not measured.
 * On a logarithmic axis values that are not above 0 have no place and are null as well.
 */
export function curveColumns(
  runs: readonly (readonly MetricPoint[])[],
  measures: readonly Measure[],
  logarithmic = false,
): Columns {
  const steps = [...new Set(runs.flatMap((points) => points.map((point) => point.step)))].sort(
    (a, b) => a - b,
  );
  const rowOf = new Map(steps.map((step, row) => [step, row]));
  const columns = runs.flatMap((points) =>
    measures.map((measure) => {
      const column = new Array<number | null>(steps.length).fill(null);
      for (const point of points) {
        const value = point[measure];
        const row = rowOf.get(point.step);
        if (row !== undefined && value !== null && !(logarithmic && value <= 0)) column[row] = value;
      }
      return column;
    }),
  );
  return [steps, ...columns];
}

/** The measure as it stood at a step (the newest where none is given): the last one measured until then. */
export function valueAt(
  points: readonly MetricPoint[],
  measure: Measure,
  step = Number.POSITIVE_INFINITY,
): number | null {
  return points.findLast((point) => point.step <= step && point[measure] !== null)?.[measure] ?? null;
}

/** Part of the steps that is shown. */
export type StepRange = readonly [from: number, to: number];

/** The range around its middle, `factor` times as wide, within the whole; null where it is the whole. */
export function zoomSteps(range: StepRange, whole: StepRange, factor: number): StepRange | null {
  const middle = (range[0] + range[1]) / 2;
  const half = ((range[1] - range[0]) / 2) * factor;
  const from = Math.max(whole[0], middle - half);
  const to = Math.min(whole[1], middle + half);
  return from <= whole[0] && to >= whole[1] ? null : [from, to];
}
