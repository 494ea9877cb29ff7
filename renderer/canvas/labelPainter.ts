/** Draws the live labels in view: objects filled with a two-pixel contour, background as a light hatch, unlabelled as nothing. */

import type { LabelDocument } from '../editor/labelDocument.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import { labelColour } from './labelColours.ts';
import { contourRuns, RASTER_MARGIN, renderBackgroundMask, renderObjects } from './labelRaster.ts';
import type { Viewport } from './viewport.ts';

/** From this scale on contours are drawn in screen pixels; below it they belong to the tile's picture. */
const CLOSE_UP = 2;

export interface LabelStyle {
  selected: number | null;
  /** 0 … 1. */
  fillOpacity: number;
  colourOf(label: number): readonly [number, number, number];
  /** Changes when the colours do. */
  colourKey: string;
}

interface TileDrawing {
  key: string;
  objects: HTMLCanvasElement;
  mask: HTMLCanvasElement | null;
  runs: Int32Array | null;
  /** Labels on the tile and its margin. */
  labels: ReadonlySet<number>;
  /** The selected label as it was drawn, if it lies on the tile. */
  selected: number | null;
}

/** The selection as far as it concerns this tile. */
function selectedIn(drawing: TileDrawing, selected: number | null): number | null {
  return selected !== null && drawing.labels.has(selected) ? selected : null;
}

export class LabelPainter {
  #document: LabelDocument | null = null;
  readonly #drawings = new Map<string, TileDrawing>();
  readonly #stale = new Set<string>();
  #stopFollowing: () => void = () => undefined;
  #hatchGround: HTMLCanvasElement | null = null;

  /** Paints `labels` over whatever the context shows. */
  paint(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    labels: LabelDocument,
    style: LabelStyle,
  ): void {
    if (this.#document !== labels) {
      this.#follow(labels);
    }
    const closeUp = viewport.scale >= CLOSE_UP;
    const masks: { mask: HTMLCanvasElement; rect: PixelRect }[] = [];
    context.save();
    context.imageSmoothingEnabled = viewport.scale < 1;
    for (const { tx, ty } of labels.tilesOf(viewport.visibleArea())) {
      if (labels.isBlank(tx, ty) || !labels.tile(tx, ty)) continue;
      const rect = labels.tileRect(tx, ty);
      const drawing = this.#drawingOf(labels, tx, ty, rect, closeUp, style);
      drawImagePart(context, viewport, drawing.objects, rect);
      if (drawing.runs) drawRuns(context, viewport, drawing.runs, rect, style);
      if (drawing.mask) masks.push({ mask: drawing.mask, rect });
    }
    context.restore();
    if (masks.length > 0) this.#hatch(context, viewport, masks);
  }

  /** A new document; what changes in it from now on makes the tiles stale whose picture or contour it touches. */
  #follow(labels: LabelDocument): void {
    this.#stopFollowing();
    this.#document = labels;
    this.#drawings.clear();
    this.#stale.clear();
    this.#stopFollowing = labels.subscribe((area) => {
      const m = RASTER_MARGIN;
      const reach = { x: area.x - m, y: area.y - m, w: area.w + 2 * m, h: area.h + 2 * m };
      for (const { tx, ty } of labels.tilesOf(reach)) this.#stale.add(`${ty}/${tx}`);
    });
  }

  #drawingOf(
    labels: LabelDocument,
    tx: number,
    ty: number,
    rect: PixelRect,
    closeUp: boolean,
    style: LabelStyle,
  ): TileDrawing {
    const key = `${closeUp};${style.fillOpacity};${style.colourKey}`;
    const place = `${ty}/${tx}`;
    const known = this.#drawings.get(place);
    const isFresh = known !== undefined && known.key === key && !this.#stale.has(place);
    if (isFresh && known.selected === selectedIn(known, style.selected)) return known;
    this.#stale.delete(place);
    const padded = paddedArea(labels, rect);
    const objects = known?.objects ?? document.createElement('canvas');
    const picture = new ImageData(rect.w, rect.h);
    renderObjects(padded, rect.w, rect.h, picture.data, {
      fillOpacity: style.fillOpacity,
      contourPx: closeUp ? 0 : 2,
      selected: style.selected,
      colourOf: style.colourOf,
    });
    put(objects, picture);
    const ground = new ImageData(rect.w, rect.h);
    let mask: HTMLCanvasElement | null = null;
    if (renderBackgroundMask(padded, rect.w, rect.h, ground.data) > 0) {
      mask = known?.mask ?? document.createElement('canvas');
      put(mask, ground);
    }
    const runs = closeUp ? contourRuns(padded, rect.w, rect.h) : null;
    const drawing: TileDrawing = { key, objects, mask, runs, labels: new Set(padded), selected: null };
    drawing.selected = selectedIn(drawing, style.selected);
    this.#drawings.set(place, drawing);
    return drawing;
  }

  /** A hatch in screen pixels over the background: lines dark and light, seen on any image. */
  #hatch(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    masks: { mask: HTMLCanvasElement; rect: PixelRect }[],
  ): void {
    const { width, height } = viewport.size;
    const ratio = globalThis.devicePixelRatio || 1;
    this.#hatchGround ??= document.createElement('canvas');
    const ground = this.#hatchGround;
    ground.width = Math.round(width * ratio);
    ground.height = Math.round(height * ratio);
    const own = ground.getContext('2d');
    if (!own) return;
    own.setTransform(ratio, 0, 0, ratio, 0, 0);
    own.imageSmoothingEnabled = false;
    for (const { mask, rect } of masks) drawImagePart(own, viewport, mask, rect);
    own.globalCompositeOperation = 'source-in';
    const pattern = own.createPattern(hatchTile(), 'repeat');
    if (!pattern) return;
    own.fillStyle = pattern;
    own.fillRect(0, 0, width, height);
    own.globalCompositeOperation = 'source-over';
    context.drawImage(ground, 0, 0, width, height);
  }
}

function put(canvas: HTMLCanvasElement, picture: ImageData): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}

function paddedArea(labels: LabelDocument, rect: PixelRect): Uint32Array {
  const m = RASTER_MARGIN;
  const stride = rect.w + 2 * m;
  const padded = new Uint32Array(stride * (rect.h + 2 * m));
  const x0 = Math.max(0, rect.x - m);
  const y0 = Math.max(0, rect.y - m);
  const x1 = Math.min(labels.shape.x, rect.x + rect.w + m);
  const y1 = Math.min(labels.shape.y, rect.y + rect.h + m);
  const inside = labels.readArea({ x: x0, y: y0, w: x1 - x0, h: y1 - y0 });
  for (let y = y0; y < y1; y++) {
    const from = (y - y0) * (x1 - x0);
    padded.set(inside.subarray(from, from + x1 - x0), (y - rect.y + m) * stride + x0 - rect.x + m);
  }
  return padded;
}

/** Draws a picture of an image area at its place, on whole device pixels. */
export function drawImagePart(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  picture: CanvasImageSource,
  rect: PixelRect,
): void {
  const ratio = globalThis.devicePixelRatio || 1;
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  const x0 = snap(viewport.offset.x + rect.x * viewport.scale);
  const y0 = snap(viewport.offset.y + rect.y * viewport.scale);
  const x1 = snap(viewport.offset.x + (rect.x + rect.w) * viewport.scale);
  const y1 = snap(viewport.offset.y + (rect.y + rect.h) * viewport.scale);
  context.drawImage(picture, x0, y0, x1 - x0, y1 - y0);
}

function drawRuns(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  runs: Int32Array,
  rect: PixelRect,
  style: LabelStyle,
): void {
  const { scale, offset } = viewport;
  for (let i = 0; i < runs.length; i += 5) {
    const label = runs[i]!;
    const side = runs[i + 4]!;
    const length = runs[i + 3]! * scale;
    const x = offset.x + (rect.x + runs[i + 1]!) * scale;
    const y = offset.y + (rect.y + runs[i + 2]!) * scale;
    const edge = (thick: number) => {
      if (side === 0) context.fillRect(x, y, length, thick);
      else if (side === 1) context.fillRect(x, y + scale - thick, length, thick);
      else if (side === 2) context.fillRect(x, y, thick, length);
      else context.fillRect(x + scale - thick, y, thick, length);
    };
    const isSelected = label === style.selected;
    context.fillStyle = `rgb(${style.colourOf(label).join(' ')})`;
    edge(isSelected ? 3.5 : 2);
    if (isSelected) {
      context.fillStyle = '#ffffff';
      edge(1.5);
    }
  }
}

let hatch: HTMLCanvasElement | null = null;

function hatchTile(): HTMLCanvasElement {
  if (hatch) return hatch;
  hatch = document.createElement('canvas');
  const side = 10;
  hatch.width = side;
  hatch.height = side;
  const context = hatch.getContext('2d');
  for (let i = 0; i < side && context; i++) {
    context.fillStyle = 'rgb(255 255 255 / 34%)';
    context.fillRect(i, (side - i) % side, 1, 1);
    context.fillStyle = 'rgb(0 0 0 / 30%)';
    context.fillRect(i, (side - i + 1) % side, 1, 1);
  }
  return hatch;
}

/** Colours of objects with those that were chosen by hand. */
export function colourLookup(chosen: ReadonlyMap<number, readonly [number, number, number]>) {
  return (label: number) => chosen.get(label) ?? labelColour(label);
}
