/** Loads the prediction of the plane on view and turns it into pictures: objects with contours, or a probability heat map. */

import { create } from 'zustand';
import { getInstancePlane, getProbabilityPlane } from '../api/raw.ts';
import { HEAT_TABLE } from './heatColours.ts';
import { RASTER_MARGIN, renderObjects } from './labelRaster.ts';

export interface PredictionLayer {
  imageId: number;
  t: number;
  z: number;
  objects: number;
  instances: HTMLCanvasElement;
  /** 0 background, 1 … N, as the backend numbers them. */
  instancePlane: Uint32Array;
  probability: HTMLCanvasElement;
  probabilityPlane: Float32Array;
  shape: { y: number; x: number };
}

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
    instances: drawInstances(instances, shape),
    instancePlane: instances,
    probability: drawProbability(probability, shape),
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

function drawInstances(instances: Uint32Array, shape: { y: number; x: number }): HTMLCanvasElement {
  const m = RASTER_MARGIN;
  const stride = shape.x + 2 * m;
  const padded = new Uint32Array(stride * (shape.y + 2 * m));
  for (let y = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++) {
      const value = instances[y * shape.x + x]!;
      // Drawn with the label colours, which start at 2.
      padded[(y + m) * stride + x + m] = value === 0 ? 0 : value + 1;
    }
  }
  const picture = new ImageData(shape.x, shape.y);
  renderObjects(padded, shape.x, shape.y, picture.data, { fillOpacity: 0.3, contourPx: 1, selected: null });
  return canvasOf(picture);
}

function drawProbability(probability: Float32Array, shape: { y: number; x: number }): HTMLCanvasElement {
  const picture = new ImageData(shape.x, shape.y);
  const words = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < probability.length; i++) {
    words[i] = HEAT_TABLE[Math.min(255, Math.max(0, Math.round(probability[i]! * 255)))]!;
  }
  return canvasOf(picture);
}

function canvasOf(picture: ImageData): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}
