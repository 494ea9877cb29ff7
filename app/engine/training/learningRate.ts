/** The learning rate at a point of the run: linear warm-up, then constant or a cosine that ends at zero. */

import type { HyperParameters, TrainingBudget } from './hyperParameters.ts';

/** Share of the budget used, 0 … 1: steps of the planned steps, or seconds of training of the planned seconds. */
export function progressOf(budget: TrainingBudget, step: number, seconds: number): number {
  const share = 'steps' in budget ? step / budget.steps : seconds / budget.seconds;
  return Math.min(1, Math.max(0, share));
}

/**
 * Rate of step `step` (counted from 0). Warm-up lasts `warmupSteps`, but never more than a tenth of a run whose
 * number of steps is known. With a budget of steps the rate depends on nothing but the step number.
 */
export function learningRateAt(
  plan: Pick<HyperParameters, 'learningRate' | 'schedule' | 'warmupSteps'>,
  budget: TrainingBudget,
  step: number,
  seconds: number,
): number {
  const warmup =
    'steps' in budget ? Math.min(plan.warmupSteps, Math.floor(budget.steps / 10)) : plan.warmupSteps;
  const rise = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
  const fall =
    plan.schedule === 'cosine' ? 0.5 * (1 + Math.cos(Math.PI * progressOf(budget, step, seconds))) : 1;
  return plan.learningRate * rise * fall;
}
