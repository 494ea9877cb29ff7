/** What the page and the weight-map worker say to each other. */

export interface WeightMapRequest {
  requestId: number;
  /** `[y, x]` labels: 0 unlabelled, 1 background, >= 2 objects. */
  labels: Uint32Array;
  shape: { y: number; x: number };
  /** Class position 1 … K of each object label. */
  classOfLabel: readonly (readonly [number, number])[];
  regions: readonly number[];
  classes: number;
  preset: 'paper' | 'fiji';
  w0: number;
  sigmaPx: number;
}

export interface WeightMapResult {
  requestId: number;
  weights: Float32Array;
  maximum: number;
  /** Heat map of the weights, `y * x * 4`, transparent where unlabelled. */
  picture: Uint8ClampedArray<ArrayBuffer>;
  milliseconds: number;
}
