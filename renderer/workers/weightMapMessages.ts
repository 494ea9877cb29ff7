/** What the page and the weight-map worker say to each other. */

/** Sent whenever the objects change: what the labels stand for. */
export interface ObjectsMessage {
  type: 'objects';
  /** Label and class position 1 … K of every object, pair after pair. */
  classOfLabel: Uint32Array;
  /** Labels of regions, whose 4-connected components count as objects. */
  regions: readonly number[];
  /** K. */
  classes: number;
}

/** Asks for the weights of a part of a plane. */
export interface WeightAreaRequest {
  type: 'area';
  requestId: number;
  /** `[y, x]` labels of the part with enough around it: 0 unlabelled, 1 background, >= 2 objects. */
  labels: Uint32Array;
  shape: { y: number; x: number };
  /** The part that is asked for, in pixels of `labels`. */
  inner: { x: number; y: number; w: number; h: number };
  preset: 'paper' | 'fiji';
  w0: number;
  sigmaPx: number;
}

export interface WeightAreaResult {
  requestId: number;
  /** `[y, x]` of the part: 0 unlabelled, 1 background, 1 + k class k. */
  target: Uint8Array;
  /** `[y, x]` of the part: what is added to the weight of the pixel's class; null where that is 0 everywhere. */
  border: Float32Array | null;
  milliseconds: number;
}
