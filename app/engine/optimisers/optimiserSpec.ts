/** What an optimiser is told, and the state that it keeps from step to step. */

/** Optimiser and what goes with it; every number is recorded with the model. */
export type OptimiserSpec = (
  | {
      readonly kind: 'sgd';
      /** 0…1, 0 = none. */
      readonly momentum: number;
      /** Part of the gradient: decay · w (L2), 0 or absent = none. */
      readonly weightDecay?: number;
    }
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** Decoupled decay of kernels a step and unit of learning rate (AdamW); 0 = Adam. */
      readonly weightDecay: number;
    }
) & {
  /** Decay of the moving-average weights, 0 = none kept; warmed up as min(decay, (1 + t) / (10 + t)). */
  readonly averageDecay: number;
  /** Largest Euclidean norm of the whole gradient; longer ones are shortened to it. 0 or absent = off. */
  readonly clipNorm?: number;
};

/** A tensor that belongs to a run but is not a weight. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: 'moment' | 'running' | 'average' | 'step';
  /** How it starts; `parameter`: as a copy of the weight `parameter`. */
  readonly initial: 'zeros' | 'ones' | 'parameter';
  readonly parameter?: string;
}

/** Name of a weight's moving average in the state. */
export const averageName = (parameter: string): string => `average/${parameter}`;
