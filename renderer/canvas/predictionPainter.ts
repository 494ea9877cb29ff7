/** Draws a prediction in view, tile by tile at the level of detail: objects, contours, probability, uncertainty, disagreement with the labels. */

import { LABEL_TILE } from '../editor/labelDocument.ts';
import type { PixelRect, PlaneShape } from '../editor/paintableTiles.ts';
import type { PredictionView } from '../state/workspace.ts';
import { HEAT_TABLE } from './heatColours.ts';
import type { LabelLevels } from './labelLevels.ts';
import { drawImagePart } from './labelPainter.ts';
import { RASTER_MARGIN, renderObjects } from './labelRaster.ts';
import type { PredictionTilePlace, PredictionTiles } from './predictionTiles.ts';
import type { Viewport } from './viewport.ts';

/** Tiles are drawn anew for this long a frame, ms. */
const FRAME_BUDGET_MS = 4;
/** Bytes of pictures that are kept beyond those on view. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Labelled as an object, predicted as background: the colour of what was missed; and of what was invented. */
export const MISSED_COLOUR = [213, 94, 0] as const;
export const INVENTED_COLOUR = [86, 180, 233] as const;

/** How a prediction is shown. */
export interface PredictionLook {
  view: PredictionView;
  /** Class 1 … K whose probability is shown. */
  classPosition: number;
  /** Labels that it is compared with, and the number of their changes. */
  labels: LabelLevels;
  revision: number;
}

interface Drawing {
  picture: HTMLCanvasElement;
  /** What it was drawn with. */
  key: string;
}

export class PredictionPainter {
  readonly #tiles: PredictionTiles;
  readonly #shape: PlaneShape;
  readonly #drawings = new Map<string, Drawing>();

  constructor(tiles: PredictionTiles, shape: PlaneShape) {
    this.#tiles = tiles;
    this.#shape = shape;
  }

  /** A tile has come: it and the neighbours whose contours it ends are drawn anew. */
  noteArrival({ level, ty, tx }: PredictionTilePlace): void {
    for (let y = ty - 1; y <= ty + 1; y++)
      for (let x = tx - 1; x <= tx + 1; x++) this.#drawings.delete(keyOf(level, y, x));
  }

  /** Draws what is in view and has come. Returns false where tiles are left to be drawn in the next frame. */
  paint(context: CanvasRenderingContext2D, viewport: Viewport, level: number, look: PredictionLook): boolean {
    const size = 2 ** level;
    const places = this.#inView(viewport.visibleArea(), level);
    const layer = layerOf(look);
    this.#tiles.want(places.map((place) => ({ ...place, layer })));
    const deadline = performance.now() + FRAME_BUDGET_MS;
    const lookKey = [look.view, layer, look.view === 'disagreement' ? look.revision : 0].join();
    let isComplete = true;
    for (const { tx, ty } of places) {
      const values = this.#tiles.peek({ layer, level, ty, tx });
      if (!values) continue;
      const key = keyOf(level, ty, tx);
      const rect = this.#rectOf(level, tx, ty);
      let drawing = this.#drawings.get(key);
      if (drawing?.key !== lookKey) {
        if (performance.now() > deadline) isComplete = false;
        else drawing = { picture: this.#draw(level, tx, ty, rect, look), key: lookKey };
      }
      if (!drawing) continue;
      // Map order is the age: what is in view is youngest.
      this.#drawings.delete(key);
      this.#drawings.set(key, drawing);
      const full = { x: rect.x * size, y: rect.y * size, w: rect.w * size, h: rect.h * size };
      drawImagePart(context, viewport, drawing.picture, full);
    }
    this.#forgetOldest(places.length);
    return isComplete;
  }

  #inView(area: PixelRect, level: number): { level: number; ty: number; tx: number }[] {
    const side = LABEL_TILE * 2 ** level;
    const lastX = Math.min(Math.ceil(this.#shape.x / side) - 1, Math.floor((area.x + area.w - 1) / side));
    const lastY = Math.min(Math.ceil(this.#shape.y / side) - 1, Math.floor((area.y + area.h - 1) / side));
    const places: { level: number; ty: number; tx: number }[] = [];
    for (let ty = Math.max(0, Math.floor(area.y / side)); ty <= lastY; ty++)
      for (let tx = Math.max(0, Math.floor(area.x / side)); tx <= lastX; tx++) places.push({ level, ty, tx });
    return places;
  }

  #rectOf(level: number, tx: number, ty: number): PixelRect {
    let { y: height, x: width } = this.#shape;
    for (let n = 0; n < level; n++) [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    const [x, y] = [tx * LABEL_TILE, ty * LABEL_TILE];
    return { x, y, w: Math.min(LABEL_TILE, width - x), h: Math.min(LABEL_TILE, height - y) };
  }

  #draw(level: number, tx: number, ty: number, rect: PixelRect, look: PredictionLook): HTMLCanvasElement {
    const picture = new ImageData(rect.w, rect.h);
    const words = new Uint32Array(picture.data.buffer);
    const { view } = look;
    const values = this.#tiles.peek({ layer: layerOf(look), level, ty, tx })!;
    if (view === 'objects' || view === 'contours') {
      const isContours = view === 'contours';
      const style = { fillOpacity: isContours ? 0 : 0.3, contourPx: isContours ? 2 : 1, selected: null };
      renderObjects(this.#padded(level, tx, ty, rect), rect.w, rect.h, picture.data, style);
    } else if (view === 'disagreement') {
      drawDisagreement(values, look.labels.readPadded(level, rect, 0), words);
    } else {
      drawProbability(values, view === 'uncertainty', words);
    }
    const canvas = globalThis.document.createElement('canvas');
    canvas.width = rect.w;
    canvas.height = rect.h;
    canvas.getContext('2d')?.putImageData(picture, 0, 0);
    return canvas;
  }

  /** Objects of a tile with a margin, in label numbers (from 2); where a neighbour has not come, its border goes on. */
  #padded(level: number, tx: number, ty: number, rect: PixelRect): Uint32Array {
    const m = RASTER_MARGIN;
    const stride = rect.w + 2 * m;
    const padded = new Uint32Array(stride * (rect.h + 2 * m));
    const tiles = new Map<string, { values: ArrayLike<number>; rect: PixelRect } | null>();
    const tileAt = (x: number, y: number) => {
      const key = `${x}/${y}`;
      let known = tiles.get(key);
      if (known === undefined) {
        const values = this.#tiles.peek({ layer: 0, level, ty: y, tx: x });
        known = values ? { values, rect: this.#rectOf(level, x, y) } : null;
        tiles.set(key, known);
      }
      return known;
    };
    const own = tileAt(tx, ty)!;
    for (let j = -m, i = 0; j < rect.h + m; j++) {
      for (let k = -m; k < rect.w + m; k++, i++) {
        const dx = k < 0 ? -1 : k >= rect.w ? 1 : 0;
        const dy = j < 0 ? -1 : j >= rect.h ? 1 : 0;
        const source = (dx === 0 && dy === 0 ? null : tileAt(tx + dx, ty + dy)) ?? own;
        const x = Math.min(source.rect.w - 1, Math.max(0, rect.x + k - source.rect.x));
        const y = Math.min(source.rect.h - 1, Math.max(0, rect.y + j - source.rect.y));
        const value = source.values[y * source.rect.w + x]!;
        padded[i] = value === 0 ? 0 : value + 1;
      }
    }
    return padded;
  }

  #forgetOldest(inView: number): void {
    const most = inView + KEPT_BYTES / (4 * LABEL_TILE * LABEL_TILE);
    for (const key of this.#drawings.keys()) {
      if (this.#drawings.size <= most) return;
      this.#drawings.delete(key);
    }
  }
}

const keyOf = (level: number, ty: number, tx: number) => `${level}/${ty}/${tx}`;

/** The layer that a view is drawn from: 0 the objects, k the probability of class k. */
const layerOf = ({ view, classPosition }: PredictionLook) =>
  view === 'probability' || view === 'uncertainty' ? classPosition : 0;

/** Probability of the class as heat; or how near it lies to ½, where the network cannot tell. */
function drawProbability(values: ArrayLike<number>, isUncertainty: boolean, words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) {
    const p = values[i]!;
    const value = isUncertainty ? 1 - Math.abs(2 * p - 1) : p;
    words[i] = HEAT_TABLE[Math.min(255, Math.max(0, Math.round(value * 255)))]!;
  }
}

/** Only where somebody has painted: objects that the prediction misses, and predicted objects on painted background. */
function drawDisagreement(instances: ArrayLike<number>, labels: Uint32Array, words: Uint32Array): void {
  const word = ([r, g, b]: readonly [number, number, number]) =>
    (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  const [missed, invented] = [word(MISSED_COLOUR), word(INVENTED_COLOUR)];
  for (let i = 0; i < words.length; i++) {
    if (labels[i]! >= 2 && instances[i] === 0) words[i] = missed;
    else if (labels[i] === 1 && instances[i] !== 0) words[i] = invented;
  }
}
