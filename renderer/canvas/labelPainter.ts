/** Draws the live labels in view: objects filled with a two-pixel contour, background as a light hatch, unlabelled as nothing. */

import type { PixelRect } from '../editor/paintableTiles.ts';
import { labelColour } from './labelColours.ts';
import type { LabelLevels } from './labelLevels.ts';
import { contourRuns, RASTER_MARGIN, renderBackgroundMask, renderObjects } from './labelRaster.ts';
import type { Viewport } from './viewport.ts';

/** From this scale on contours are drawn in screen pixels; below it they belong to the tile's picture. */
const CLOSE_UP = 2;
/** Bytes of pictures that are kept. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Tiles that come into view stop being drawn after this time and go on in the next frame: while the view moves, and at rest, ms. */
const MOVING_BUDGET_MS = 1;
const RESTING_BUDGET_MS = 16;

/** A selection that changes by more objects is drawn anew on every tile, without looking which of them lie there. */
export const MOST_SOUGHT = 8;

export interface LabelStyle {
  selected: ReadonlySet<number>;
  /** 0 … 1. */
  fillOpacity: number;
  showFill: boolean;
  showContours: boolean;
  showHatch: boolean;
  /** Null hides the object. */
  colourOf(label: number): readonly [number, number, number] | null;
  /** Changes when the colours do. */
  colourKey: unknown;
}

interface TileDrawing {
  objects: HTMLCanvasElement;
  mask: HTMLCanvasElement | null;
  runs: Int32Array | null;
  /** What it was drawn with. */
  look: Look;
  /** What of it is out of date, in pixels of the tile; null if nothing is. */
  stale: PixelRect | null;
  w: number;
  h: number;
}

interface Look {
  closeUp: boolean;
  fill: number;
  contours: boolean;
  hatch: boolean;
  colourKey: unknown;
  selected: ReadonlySet<number>;
}

export class LabelPainter {
  #levels: LabelLevels | null = null;
  readonly #onUnfinished: () => void;
  readonly #drawings = new Map<string, TileDrawing>();
  #stopFollowing: () => void = () => undefined;
  #hatchGround: HTMLCanvasElement | null = null;
  #deadline = 0;
  #bytes = 0;
  #unfinished = false;
  #revision = 0;

  /** `onUnfinished` is called when tiles are left for the next frame. */
  constructor(onUnfinished: () => void = () => undefined) {
    this.#onUnfinished = onUnfinished;
  }

  /** Paints `labels` at a level of detail over whatever the context shows; `part` (screen px) restricts it to what has changed. */
  paint(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    labels: LabelLevels,
    level: number,
    style: LabelStyle,
    part: PixelRect | null = null,
  ): void {
    if (this.#levels !== labels) this.#follow(labels);
    const size = 2 ** level;
    const look: Look = {
      closeUp: level === 0 && viewport.scale >= CLOSE_UP,
      fill: style.showFill ? style.fillOpacity : 0,
      contours: style.showContours,
      hatch: style.showHatch,
      colourKey: style.colourKey,
      selected: style.selected,
    };
    const isMoving = viewport.revision !== this.#revision;
    this.#revision = viewport.revision;
    this.#deadline = performance.now() + (isMoving ? MOVING_BUDGET_MS : RESTING_BUDGET_MS);
    this.#unfinished = false;
    const masks: { mask: HTMLCanvasElement; rect: PixelRect }[] = [];
    context.save();
    context.imageSmoothingEnabled = viewport.scale * size < 1;
    const area = part === null ? viewport.visibleArea() : imageArea(viewport, part);
    for (const { tx, ty } of labels.tilesOf(level, shrink(area, size))) {
      if (labels.state(level, tx, ty) !== 'labelled') continue;
      const tile = labels.tileRect(level, tx, ty);
      const drawing = this.#drawingOf(labels, level, tx, ty, tile, look, style);
      if (!drawing) continue;
      const rect = { x: tile.x * size, y: tile.y * size, w: tile.w * size, h: tile.h * size };
      drawImagePart(context, viewport, drawing.objects, rect);
      if (drawing.runs && style.showContours) drawRuns(context, viewport, drawing.runs, rect, style);
      if (drawing.mask) masks.push({ mask: drawing.mask, rect });
    }
    context.restore();
    if (masks.length > 0) this.#hatch(context, viewport, masks, part);
    this.#forgetOldest();
    if (this.#unfinished) this.#onUnfinished();
  }

  /** Another plane; what changes in it from now on makes those parts stale whose picture or contour it touches. */
  #follow(labels: LabelLevels): void {
    this.#stopFollowing();
    this.#levels = labels;
    this.#drawings.clear();
    this.#bytes = 0;
    this.#stopFollowing = labels.subscribe((level, area) => {
      const m = RASTER_MARGIN;
      const reach = { x: area.x - m, y: area.y - m, w: area.w + 2 * m, h: area.h + 2 * m };
      for (const { tx, ty } of labels.tilesOf(level, reach)) {
        const drawing = this.#drawings.get(keyOf(level, ty, tx));
        if (!drawing) continue;
        const tile = labels.tileRect(level, tx, ty);
        const x = Math.max(0, reach.x - tile.x);
        const y = Math.max(0, reach.y - tile.y);
        const w = Math.min(tile.w, reach.x + reach.w - tile.x) - x;
        const h = Math.min(tile.h, reach.y + reach.h - tile.y) - y;
        drawing.stale = join(drawing.stale, { x, y, w, h });
      }
    });
  }

  #drawingOf(
    labels: LabelLevels,
    level: number,
    tx: number,
    ty: number,
    tile: PixelRect,
    look: Look,
    style: LabelStyle,
  ): TileDrawing | null {
    const key = keyOf(level, ty, tx);
    const known = this.#drawings.get(key);
    if (known) {
      this.#drawings.delete(key);
      this.#drawings.set(key, known);
      const isSame = sameLook(known.look, look) && !this.#isOther(known, labels, level, tile, look);
      if (!isSame || known.stale) {
        this.#draw(known, labels, level, tile, isSame ? known.stale : null, look, style);
      }
      known.look = look;
      return known;
    }
    if (performance.now() > this.#deadline) {
      this.#unfinished = true;
      return null;
    }
    const objects = document.createElement('canvas');
    objects.width = tile.w;
    objects.height = tile.h;
    const drawing = { objects, mask: null, runs: null, look, stale: null, w: tile.w, h: tile.h };
    this.#draw(drawing, labels, level, tile, null, look, style);
    this.#drawings.set(key, drawing);
    this.#bytes += 8 * tile.w * tile.h;
    return drawing;
  }

  /** True where an object of the tile has been selected or let go. */
  #isOther(drawing: TileDrawing, labels: LabelLevels, level: number, tile: PixelRect, look: Look): boolean {
    const { selected } = drawing.look;
    if (selected === look.selected) return false;
    const changed = [...selected.symmetricDifference(look.selected)];
    if (changed.length === 0) return false;
    if (changed.length > MOST_SOUGHT) return true;
    const own = labels.readPadded(level, tile, 0);
    return changed.some((label) => own.includes(label));
  }

  /** Draws a part of a tile anew (`part` in the tile's pixels; null for all of it). */
  #draw(
    drawing: TileDrawing,
    labels: LabelLevels,
    level: number,
    tile: PixelRect,
    part: PixelRect | null,
    look: Look,
    style: LabelStyle,
  ): void {
    const { x, y, w, h } = part ?? { x: 0, y: 0, w: tile.w, h: tile.h };
    drawing.stale = null;
    drawing.look = look;
    if (w <= 0 || h <= 0) return;
    const padded = labels.readPadded(level, { x: tile.x + x, y: tile.y + y, w, h }, RASTER_MARGIN);
    const picture = new ImageData(w, h);
    renderObjects(padded, w, h, picture.data, {
      fillOpacity: look.fill,
      contourPx: look.closeUp || !look.contours ? 0 : 2,
      hatch: look.closeUp || !look.hatch ? null : { x: tile.x + x, y: tile.y + y },
      selected: style.selected,
      colourOf: style.colourOf,
    });
    drawing.objects.getContext('2d')?.putImageData(picture, x, y);
    if (!look.closeUp || !look.hatch) drawing.mask = null;
    else {
      const hasBackground = renderBackgroundMask(padded, w, h, picture.data) > 0;
      if (hasBackground && !drawing.mask) {
        drawing.mask = document.createElement('canvas');
        drawing.mask.width = tile.w;
        drawing.mask.height = tile.h;
      }
      drawing.mask?.getContext('2d')?.putImageData(picture, x, y);
    }
    const whole = part === null ? padded : labels.readPadded(level, tile, RASTER_MARGIN);
    drawing.runs = look.closeUp ? contourRuns(whole, tile.w, tile.h) : null;
  }

  /** Close up, a hatch in screen pixels over the background; farther away it is part of the tile's picture. */
  #hatch(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    masks: { mask: HTMLCanvasElement; rect: PixelRect }[],
    part: PixelRect | null,
  ): void {
    const { width, height } = viewport.size;
    const ratio = globalThis.devicePixelRatio || 1;
    this.#hatchGround ??= document.createElement('canvas');
    const ground = this.#hatchGround;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (ground.width !== w || ground.height !== h) {
      ground.width = w;
      ground.height = h;
    }
    const own = ground.getContext('2d');
    const pattern = own?.createPattern(hatchTile(), 'repeat');
    if (!own || !pattern) return;
    const area = part ?? { x: 0, y: 0, w: width, h: height };
    own.save();
    own.setTransform(ratio, 0, 0, ratio, 0, 0);
    own.beginPath();
    own.rect(area.x, area.y, area.w, area.h);
    own.clip();
    own.clearRect(area.x, area.y, area.w, area.h);
    own.imageSmoothingEnabled = false;
    for (const { mask, rect } of masks) drawImagePart(own, viewport, mask, rect);
    own.globalCompositeOperation = 'source-in';
    own.fillStyle = pattern;
    own.fillRect(area.x, area.y, area.w, area.h);
    own.restore();
    context.drawImage(
      ground,
      area.x * ratio,
      area.y * ratio,
      area.w * ratio,
      area.h * ratio,
      area.x,
      area.y,
      area.w,
      area.h,
    );
  }

  #forgetOldest(): void {
    for (const [oldest, { w, h }] of this.#drawings) {
      if (this.#bytes <= KEPT_BYTES) return;
      this.#drawings.delete(oldest);
      this.#bytes -= 8 * w * h;
    }
  }
}

const keyOf = (level: number, ty: number, tx: number) => `${level}/${ty}/${tx}`;

function sameLook(a: Look, b: Look): boolean {
  return (
    a.closeUp === b.closeUp && a.fill === b.fill && a.contours === b.contours && a.colourKey === b.colourKey
  );
}

/** The smallest rectangle that holds both. */
export function join(a: PixelRect | null, b: PixelRect): PixelRect {
  if (!a) return b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** An image area in the pixels of a level whose pixels are `size` wide. */
export function shrink(area: PixelRect, size: number): PixelRect {
  const x = Math.floor(area.x / size);
  const y = Math.floor(area.y / size);
  return {
    x,
    y,
    w: Math.ceil((area.x + area.w) / size) - x,
    h: Math.ceil((area.y + area.h) / size) - y,
  };
}

/** The image pixels under a rectangle of the screen. */
function imageArea(viewport: Viewport, part: PixelRect): PixelRect {
  const { scale, offset } = viewport;
  const x = Math.floor((part.x - offset.x) / scale);
  const y = Math.floor((part.y - offset.y) / scale);
  return {
    x,
    y,
    w: Math.ceil((part.x + part.w - offset.x) / scale) - x,
    h: Math.ceil((part.y + part.h - offset.y) / scale) - y,
  };
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
  const { scale, offset, size } = viewport;
  let last = 0;
  let colour: readonly [number, number, number] | null = null;
  for (let i = 0; i < runs.length; i += 5) {
    const label = runs[i]!;
    if (label !== last) {
      last = label;
      colour = style.colourOf(label);
      if (colour) context.fillStyle = `rgb(${colour[0]} ${colour[1]} ${colour[2]})`;
    }
    if (!colour) continue;
    const side = runs[i + 4]!;
    const length = runs[i + 3]! * scale;
    const x = offset.x + (rect.x + runs[i + 1]!) * scale;
    const y = offset.y + (rect.y + runs[i + 2]!) * scale;
    const isFar = x > size.width || y > size.height || x + length < -scale || y + length < -scale;
    if (isFar) continue;
    const edge = (thick: number) => {
      if (side === 0) context.fillRect(x, y, length, thick);
      else if (side === 1) context.fillRect(x, y + scale - thick, length, thick);
      else if (side === 2) context.fillRect(x, y, thick, length);
      else context.fillRect(x + scale - thick, y, thick, length);
    };
    if (style.selected.has(label)) {
      edge(3.5);
      context.fillStyle = '#ffffff';
      edge(1.5);
      context.fillStyle = `rgb(${colour[0]} ${colour[1]} ${colour[2]})`;
    } else edge(2);
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

/** Colours of objects with those that were chosen by hand; null for hidden ones. */
export function colourLookup(
  chosen: ReadonlyMap<number, readonly [number, number, number]>,
  hidden: ReadonlySet<number> = new Set(),
) {
  return (label: number) => (hidden.has(label) ? null : (chosen.get(label) ?? labelColour(label)));
}
