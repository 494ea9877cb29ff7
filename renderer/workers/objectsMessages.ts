/** What the page and the worker that cuts objects tell each other. */

import type { InstanceInput, InstanceParameters } from '../../app/science/instances.ts';

/** The probabilities that are cut from now on. */
export interface AreaMessage extends Pick<InstanceInput, 'foreground' | 'shape' | 'kinds'> {
  type: 'area';
  areaId: number;
}

export interface CutRequest {
  type: 'cut';
  parameters: InstanceParameters;
}

export interface CutResult {
  areaId: number;
  /** `[y, x]` of the area: 0 background, 1…N. */
  labels: Uint32Array;
  objects: number;
}
