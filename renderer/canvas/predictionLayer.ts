/** The prediction of the plane on view, and what is known of it under the pointer. */

import { create } from 'zustand';
import { backend } from '../api/backend.ts';
import { getPredictionTile } from '../api/raw.ts';
import { LABEL_TILE } from '../editor/labelDocument.ts';
import { PredictionPainter } from './predictionPainter.ts';
import { type PredictionTilePlace, PredictionTiles } from './predictionTiles.ts';

export interface PredictionLayer {
  imageId: number;
  t: number;
  z: number;
  /** Class 1 … K whose probability is shown. */
  classPosition: number;
  objects: number;
  shape: { y: number; x: number };
  tiles: PredictionTiles;
  painter: PredictionPainter;
}

/** `arrivals` grows with every tile that comes. */
export const usePredictionLayer = create<{ layer: PredictionLayer | null; arrivals: number }>(() => ({
  layer: null,
  arrivals: 0,
}));

/** Begins to show another prediction, or none; what of the one before is under way is given up. */
export function showPredictionLayer(layer: PredictionLayer | null): void {
  usePredictionLayer.getState().layer?.tiles.close();
  usePredictionLayer.setState({ layer });
}

/** What the plane's prediction is; its tiles come as they are drawn. Throws NotFound where there is none. */
export async function loadPrediction(
  at: { imageId: number; t: number; z: number; classPosition: number; shape: { y: number; x: number } },
  onError: (error: unknown) => void,
): Promise<PredictionLayer> {
  const { imageId, t, z, shape, classPosition } = at;
  const { objects } = await backend.prediction(imageId, t, z);
  const tiles: PredictionTiles = new PredictionTiles({
    fetch: (place, signal) => getPredictionTile({ imageId, t, z, ...place }, signal),
    onArrival: (place) => {
      painter.noteArrival(place);
      usePredictionLayer.setState(({ arrivals }) => ({ arrivals: arrivals + 1 }));
    },
    onError,
  });
  const painter = new PredictionPainter(tiles, shape);
  return { imageId, t, z, classPosition, objects, shape, tiles, painter };
}

/** Probability of the shown class and object number at a pixel; null where nothing is shown or has come yet. */
export function predictionAt(x: number, y: number): { probability: number; object: number } | null {
  const { layer } = usePredictionLayer.getState();
  if (!layer || x < 0 || y < 0 || x >= layer.shape.x || y >= layer.shape.y) return null;
  const { tiles, classPosition } = layer;
  const [ty, tx] = [Math.floor(y / LABEL_TILE), Math.floor(x / LABEL_TILE)];
  const places: PredictionTilePlace[] = [0, classPosition].map((k) => ({ layer: k, level: 0, ty, tx }));
  tiles.point(places);
  const [instances, probability] = places.map((place) => tiles.peek(place));
  if (!instances || !probability) return null;
  const width = Math.min(LABEL_TILE, layer.shape.x - tx * LABEL_TILE);
  const i = (y - ty * LABEL_TILE) * width + x - tx * LABEL_TILE;
  return { probability: probability[i] ?? 0, object: instances[i] ?? 0 };
}
