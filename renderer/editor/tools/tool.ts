/** What every painting tool is: a small state machine fed with pointer samples in image coordinates. */

import type { ObjectRow } from '../../../app/api/types.ts';
import type { Gesture } from '../gesture.ts';
import type { LabelDocument } from '../labelDocument.ts';
import type { PixelRect } from '../paintableTiles.ts';
import type { CreatedObject, PaintMode, PaintTarget } from '../paintTarget.ts';
import type { Point } from '../rasterise.ts';

/** A pointer position; whole numbers are pixel centres. */
export interface PointerSample extends Point {
  /** Of a pen, 0 … 1; 1 for mouse and finger. Scales the brush. */
  pressure: number;
  /** Alt is held. */
  alternate?: boolean;
}

/** Why a gesture did nothing, to be told to the user. */
export type Refusal =
  | 'loading'
  | 'pixels-loading'
  | 'not-enclosed'
  | 'locked'
  | 'only-unlabelled'
  | 'nothing-to-extend'
  | 'no-object'
  | 'is-region'
  | 'not-split'
  | 'one-object';

/** What of an image's grey values is in view. */
export interface GreyValues {
  area: PixelRect;
  /** At a pixel of the area. */
  at(x: number, y: number): number;
  /** Width of the contrast window, grey values. */
  window: number;
}

/** What a tool may do; implemented by the edit session. */
export interface ToolHost {
  readonly document: LabelDocument;
  readonly brushDiameterPx: number;
  readonly mode: PaintMode;
  /** No pixel that has a label is changed by any tool. */
  readonly onlyUnlabelled: boolean;
  /** True when every tile on the screen has arrived, so that painting cannot miss one. */
  readonly ready: boolean;
  targetAt(point: Point, mode: PaintMode): PaintTarget;
  /** The object with this label on the image. */
  objectOf(label: number): ObjectRow | undefined;
  /** Numbers for objects to come, of the class of `like`. */
  newObjectsLike(like: ObjectRow, count: number): CreatedObject[];
  /** Grey values of the channel that is worked on; null while those in view have not all arrived. */
  greyValues(): GreyValues | null;
  commit(gesture: Gesture, kind: string, target: PaintTarget): void;
  refuse(reason: Refusal): void;
}

/** An outline that the canvas draws while a shape is in the air. */
export interface ToolPreview {
  points: readonly Point[];
  closed: boolean;
}

export interface Tool {
  readonly name: string;
  /** A gesture is in the air. */
  readonly active: boolean;
  pointerDown(sample: PointerSample): void;
  pointerMove(sample: PointerSample): void;
  pointerUp(sample: PointerSample): void;
  /** Enter or double click: closes an open shape. */
  finish(): void;
  /** Escape: takes the gesture in the air back. */
  cancel(): void;
  preview(): ToolPreview | null;
}
