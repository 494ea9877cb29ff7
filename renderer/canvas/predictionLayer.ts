/** The prediction of the plane on view, and its pictures: objects, contours, probability, uncertainty, disagreement with the labels. */

import { create } from 'zustand';
import { getInstancePlane, getProbabilityPlane } from '../api/raw.ts';
import type { LabelDocument } from '../editor/labelDocument.ts';
import { useEditing } from '../state/editing.ts';
import type { CutPreview } from '../state/objectPreview.ts';
import type { PredictionView } from '../state/workspace.ts';
import { HEAT_TABLE } from './heatColours.ts';
import { RASTER_MARGIN, renderObjects } from './labelRaster.ts';

export interface PredictionLayer {
  imageId: number;
  t: number;
  z: number;
  objects: number;
  /** 0 background, 1 … N, as the backend numbers them. */
  instancePlane: Uint32Array;
  probabilityPlane: Float32Array;
  shape: { y: number; x: number };
}

/** Labelled as an object, predicted as background: the colour of what was missed; and of what was invented. */
export const MISSED_COLOUR = [213, 94, 0] as const;
export const INVENTED_COLOUR = [86, 180, 233] as const;

export const usePredictionLayer = create<{ layer: PredictionLayer | null }>(() => ({ layer: null }));

/** Loads and draws; null where the plane has no prediction. */
export async function loadPrediction(
  at: { imageId: number; t: number; z: number; classPosition: number; shape: { y: number; x: number } },
  signal: AbortSignal,
): Promise<PredictionLayer | null> {
  const { imageId, t, z, shape } = at;
  const [instances, probability] = await Promise.all([
    getInstancePlane(imageId, t, z, signal),
    getProbabilityPlane(imageId, t, z, at.classPosition, signal),
  ]);
  if (!instances || probability.length === 0) return null;
  let objects = 0;
  for (const value of instances) objects = Math.max(objects, value);
  return {
    imageId,
    t,
    z,
    objects,
    instancePlane: instances,
    probabilityPlane: probability,
    shape,
  };
}

/** Probability of the shown class and object number at a pixel; null where nothing is shown. */
export function predictionAt(x: number, y: number): { probability: number; object: number } | null {
  const { layer } = usePredictionLayer.getState();
  if (!layer || x < 0 || y < 0 || x >= layer.shape.x || y >= layer.shape.y) return null;
  const i = y * layer.shape.x + x;
  return { probability: layer.probabilityPlane[i] ?? 0, object: layer.instancePlane[i] ?? 0 };
}

let made: {
  layer: PredictionLayer;
  view: PredictionView;
  revision: number;
  picture: HTMLCanvasElement;
} | null = null;

/** The picture of a view; made when first asked for, and again when labels change that it shows. */
export function predictionPicture(
  layer: PredictionLayer,
  view: PredictionView,
  document: LabelDocument | null,
): HTMLCanvasElement {
  const revision = view === 'disagreement' ? useEditing.getState().revision : 0;
  if (made?.layer === layer && made.view === view && made.revision === revision) return made.picture;
  const { shape } = layer;
  const picture = new ImageData(shape.x, shape.y);
  if (view === 'objects' || view === 'contours') drawInstances(layer, view, picture);
  else if (view === 'disagreement') drawDisagreement(layer, document, picture);
  else drawProbability(layer, view, picture);
  made = { layer, view, revision, picture: canvasOf(picture) };
  return made.picture;
}

let previewed: { cut: CutPreview; view: PredictionView; picture: HTMLCanvasElement } | null = null;

/** The picture of objects that are not set yet. */
export function previewPicture(cut: CutPreview, view: PredictionView): HTMLCanvasElement {
  if (previewed?.cut === cut && previewed.view === view) return previewed.picture;
  const picture = new ImageData(cut.shape.x, cut.shape.y);
  drawInstances(cut, view, picture);
  previewed = { cut, view, picture: canvasOf(picture) };
  return previewed.picture;
}

function drawInstances(
  { instancePlane, shape }: Pick<PredictionLayer, 'instancePlane' | 'shape'>,
  view: PredictionView,
  picture: ImageData,
): void {
  const m = RASTER_MARGIN;
  const stride = shape.x + 2 * m;
  const padded = new Uint32Array(stride * (shape.y + 2 * m));
  for (let y = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++) {
      const value = instancePlane[y * shape.x + x]!;
      // Drawn with the label colours, which start at 2.
      padded[(y + m) * stride + x + m] = value === 0 ? 0 : value + 1;
    }
  }
  const isContours = view === 'contours';
  const look = { fillOpacity: isContours ? 0 : 0.3, contourPx: isContours ? 2 : 1, selected: null };
  renderObjects(padded, shape.x, shape.y, picture.data, look);
}

/** Probability of the class as heat; or how near it lies to ½, where the network cannot tell. */
function drawProbability(
  { probabilityPlane }: PredictionLayer,
  view: PredictionView,
  picture: ImageData,
): void {
  const words = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < probabilityPlane.length; i++) {
    const p = probabilityPlane[i]!;
    const value = view === 'uncertainty' ? 1 - Math.abs(2 * p - 1) : p;
    words[i] = HEAT_TABLE[Math.min(255, Math.max(0, Math.round(value * 255)))]!;
  }
}

/** Only where somebody has painted: objects that the prediction misses, and predicted objects on painted background. */
function drawDisagreement(
  { instancePlane, shape }: PredictionLayer,
  document: LabelDocument | null,
  picture: ImageData,
): void {
  if (!document) return;
  const words = new Uint32Array(picture.data.buffer);
  const word = ([r, g, b]: readonly [number, number, number]) =>
    (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  const [missed, invented] = [word(MISSED_COLOUR), word(INVENTED_COLOUR)];
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const label = document.at(x, y);
      const isPredicted = instancePlane[i] !== 0;
      if (label >= 2 && !isPredicted) words[i] = missed;
      else if (label === 1 && isPredicted) words[i] = invented;
    }
  }
}

function canvasOf(picture: ImageData): HTMLCanvasElement {
  const canvas = globalThis.document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}
