/** What is asked and told about the way from a model's probabilities to objects. No logic. */

import type { InstanceParameters } from '../engine/modelDescription.ts';

/** Object parameters to set; those left out stay. */
export interface ObjectsChange {
  threshold?: number;
  seedDistancePx?: number;
  minimumSizePx?: number;
  growPx?: number;
  fillHoles?: boolean;
  clearBorder?: boolean | undefined;
}

/** How a model makes objects of its probabilities. */
export interface ModelObjects {
  parameters: InstanceParameters;
  /** Of the classes 1 … K. */
  kinds: ('thing' | 'stuff')[];
}

/** What setting a model's object parameters has done. */
export interface ObjectsReport {
  modelId: number;
  parameters: InstanceParameters;
  /** Predicted planes whose objects were cut anew, and the objects on them. */
  planes: number;
  objects: number;
}

/** Object parameters fitted to labels, not set yet. */
export interface ObjectsFit {
  modelId: number;
  /** Labelled planes that were looked at. */
  planes: number;
  parameters: InstanceParameters;
  /** Mean F1 over IoU 0.5…0.9 on them, with the parameters as they are and as fitted. */
  before: number;
  after: number;
}
