/** What a network is built in: a graph, where its weights come from, and whether it trains. */

import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';

/** A trained weight of a network. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Kernels start Gaussian (He) and may decay; biases and shifts start at 0, scales at 1. */
  readonly role: 'kernel' | 'bias' | 'scale' | 'shift';
  /** Incoming connections of one unit, N of √(2/N). */
  readonly fanIn: number;
  /** How a kernel starts instead of Gaussian: all zeros, or bilinear interpolation of each channel. */
  readonly initial?: 'zeros' | 'bilinear';
  /** Its learning rate in units of the network's; default 1. */
  readonly rateFactor?: number;
  /** Its weight decay in units of the network's; default 1 for kernels, 0 for the others. */
  readonly decayFactor?: number;
}

/** A statistic that training keeps and inference uses (running mean and variance). */
export interface RunningSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: 'zeros' | 'ones';
}

/** The ground under a network's layers. */
export interface NetworkScope {
  readonly graph: Graph;
  readonly training: boolean;
  /** The value of a weight, which the scope feeds or stores. */
  parameter(spec: ParameterSpec): Value;
  /** The value of a running statistic before this step. */
  running(spec: RunningSpec): Value;
  /** Says what a running statistic is after this step; only called in training. */
  updateRunning(spec: RunningSpec, value: Value): void;
  /** float32 [1], the number of this step, from 1; only asked for in training. */
  stepNumber(): Value;
  /** int32 [1], different at each step; only asked for in training with dropout. */
  dropoutSeed(): Value;
}
