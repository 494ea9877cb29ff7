/** Draws the part of the image that is in view from pyramid tiles, each windowed once and kept until its window changes. */

import type { ImageInfo } from '../../app/api/types.ts';
import type { RawPlane, TileAddress } from '../api/raw.ts';
import type { PixelTiles } from './pixelTiles.ts';
import { levelForScale, type Viewport } from './viewport.ts';
import { type ChannelWindow, PreparedWindow, renderChannels, type WindowedChannel } from './windowing.ts';

const SIDE = 256;
/** Bytes of windowed tiles that are kept. */
const KEPT_BYTES = 48 * 1024 * 1024;
/** Windowing of tiles that come into view stops after this time and goes on in the next frame: while the view moves, and at rest, ms. */
const MOVING_BUDGET_MS = 2;
const RESTING_BUDGET_MS = 16;

/** A channel that is on view. */
export interface ShownChannel {
  index: number;
  window: ChannelWindow;
}

export interface ImageView {
  image: ImageInfo;
  t: number;
  z: number;
  channels: readonly ShownChannel[];
}

interface Drawing {
  canvas: HTMLCanvasElement;
  w: number;
  h: number;
  /** The channels that it was windowed with. */
  channels: readonly ShownChannel[];
}

/** Tiles of a level that meet the visible area, nearest to the middle first; `ring` adds so many tiles on each side. */
export function visibleTiles(
  viewport: Viewport,
  shape: { x: number; y: number },
  level: number,
  ring = 0,
): { tx: number; ty: number }[] {
  const area = viewport.visibleArea();
  if (area.w === 0 || area.h === 0) return [];
  const side = SIDE * 2 ** level;
  const lastX = Math.min(Math.ceil(shape.x / side) - 1, Math.floor((area.x + area.w - 1) / side) + ring);
  const lastY = Math.min(Math.ceil(shape.y / side) - 1, Math.floor((area.y + area.h - 1) / side) + ring);
  const tiles: { tx: number; ty: number }[] = [];
  for (let ty = Math.max(0, Math.floor(area.y / side) - ring); ty <= lastY; ty++)
    for (let tx = Math.max(0, Math.floor(area.x / side) - ring); tx <= lastX; tx++) tiles.push({ tx, ty });
  const middleX = (area.x + area.w / 2) / side - 0.5;
  const middleY = (area.y + area.h / 2) / side - 0.5;
  const distance = (tile: { tx: number; ty: number }) => Math.hypot(tile.tx - middleX, tile.ty - middleY);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

export class ImagePainter {
  readonly #tiles: PixelTiles;
  readonly #onUnfinished: () => void;
  readonly #drawings = new Map<string, Drawing>();
  #windows: { channels: readonly ShownChannel[]; prepared: PreparedWindow[] } = {
    channels: [],
    prepared: [],
  };
  #picture: ImageData | null = null;
  #bytes = 0;
  #deadline = 0;
  #unfinished = false;
  #revision = 0;

  /** `onUnfinished` is called when tiles are left for the next frame. */
  constructor(tiles: PixelTiles, onUnfinished: () => void = () => undefined) {
    this.#tiles = tiles;
    this.#onUnfinished = onUnfinished;
  }

  /** Paints the view; what is missing shows the coarser levels meanwhile and is asked for, then what lies around it. */
  paint(context: CanvasRenderingContext2D, viewport: Viewport, view: ImageView): void {
    const { image, channels } = view;
    const ratio = globalThis.devicePixelRatio || 1;
    const level = levelForScale(viewport.scale * ratio, image.levels);
    const coarsest = image.levels - 1;
    const isNewWindow = this.#windows.channels !== channels;
    if (isNewWindow) {
      this.#windows = { channels, prepared: channels.map(({ window }) => new PreparedWindow(window)) };
    }
    // A change of contrast goes over all that is in view at once; only moving may leave tiles for later.
    const isMoving = viewport.revision !== this.#revision;
    this.#revision = viewport.revision;
    const budget = isMoving ? MOVING_BUDGET_MS : RESTING_BUDGET_MS;
    this.#deadline = isNewWindow ? Number.POSITIVE_INFINITY : performance.now() + budget;
    this.#unfinished = false;
    const wanted: TileAddress[] = [];
    const inView = visibleTiles(viewport, image.shape, level);
    const complete = inView.every(({ tx, ty }) => this.#drawingOf(view, level, tx, ty, wanted) !== null);
    context.save();
    context.beginPath();
    context.rect(
      viewport.offset.x,
      viewport.offset.y,
      image.shape.x * viewport.scale,
      image.shape.y * viewport.scale,
    );
    context.clip();
    if (!complete) {
      this.#drawCoarsest(context, viewport, view, coarsest, wanted);
      for (let coarser = coarsest - 1; coarser > level; coarser--)
        this.#drawKept(context, viewport, view, coarser);
    }
    context.imageSmoothingEnabled = viewport.scale * 2 ** level * ratio < 1;
    for (const { tx, ty } of inView) {
      const drawing = this.#drawingOf(view, level, tx, ty, wanted);
      if (drawing) place(context, viewport, drawing, level, tx, ty);
    }
    context.restore();
    // What lies around is asked for at rest; while the view moves it would change with every frame.
    this.#tiles.want(wanted, isMoving ? [] : this.#surroundings(viewport, view, level));
    this.#forgetOldest();
    if (this.#unfinished) this.#onUnfinished();
  }

  /** Asks for what is in view while it is not yet known how to show it. */
  fetchAhead(
    viewport: Viewport,
    image: ImageInfo,
    plane: { t: number; z: number },
    channels: readonly number[],
  ): void {
    const level = levelForScale(viewport.scale * (globalThis.devicePixelRatio || 1), image.levels);
    const { imageId } = image;
    const tiles = visibleTiles(viewport, image.shape, level);
    this.#tiles.want(
      tiles.flatMap(({ tx, ty }) => channels.map((c) => ({ imageId, level, ...plane, c, ty, tx }))),
    );
  }

  #drawCoarsest(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    view: ImageView,
    level: number,
    wanted: TileAddress[],
  ): void {
    context.imageSmoothingEnabled = true;
    for (const { tx, ty } of visibleTiles(viewport, view.image.shape, level)) {
      const drawing = this.#drawingOf(view, level, tx, ty, wanted, true);
      if (drawing) place(context, viewport, drawing, level, tx, ty);
    }
  }

  /** Tiles of a coarser level that happen to be windowed already. */
  #drawKept(context: CanvasRenderingContext2D, viewport: Viewport, view: ImageView, level: number): void {
    for (const { tx, ty } of visibleTiles(viewport, view.image.shape, level)) {
      const drawing = this.#drawings.get(keyOf(view, level, tx, ty));
      if (drawing?.channels === view.channels) place(context, viewport, drawing, level, tx, ty);
    }
  }

  /** What is likely to come next: the ring around the view, the next coarser level, the neighbouring planes. */
  #surroundings(viewport: Viewport, view: ImageView, level: number): TileAddress[] {
    const { image, z, t } = view;
    const places: TileAddress[] = [];
    const add = (
      at: number,
      tiles: readonly { tx: number; ty: number }[],
      plane: { t: number; z: number },
    ) => {
      for (const { tx, ty } of tiles)
        for (const { index } of view.channels)
          places.push({ ...addressOf(view, at, index, tx, ty), ...plane });
    };
    add(level, visibleTiles(viewport, image.shape, level, 1), { t, z });
    if (level + 1 < image.levels) add(level + 1, visibleTiles(viewport, image.shape, level + 1), { t, z });
    const inView = visibleTiles(viewport, image.shape, level);
    for (const next of [z + 1, z - 1])
      if (next >= 0 && next < image.shape.z) add(level, inView, { t, z: next });
    for (const next of [t + 1, t - 1])
      if (next >= 0 && next < image.shape.t) add(level, inView, { t: next, z });
    return places;
  }

  /** The windowed tile, made if its pixels are at hand and the frame has time; null if not. */
  #drawingOf(
    view: ImageView,
    level: number,
    tx: number,
    ty: number,
    wanted: TileAddress[],
    urgent = false,
  ): Drawing | null {
    const key = keyOf(view, level, tx, ty);
    const known = this.#drawings.get(key);
    if (known?.channels === view.channels) {
      // Map order is the age: a used drawing becomes the youngest.
      this.#drawings.delete(key);
      this.#drawings.set(key, known);
      return known;
    }
    const channels: WindowedChannel[] = [];
    let plane: RawPlane | undefined;
    view.channels.forEach(({ index }, n) => {
      const at = addressOf(view, level, index, tx, ty);
      const tile = this.#tiles.peek(at);
      const window = this.#windows.prepared[n];
      if (tile && window) {
        channels.push({ pixels: tile.pixels, window });
        plane = tile;
      } else wanted.push(at);
    });
    if (!plane || channels.length !== view.channels.length || plane.w === 0) return null;
    if (!urgent && performance.now() > this.#deadline) {
      this.#unfinished = true;
      return null;
    }
    return this.#draw(key, view, plane, channels, known);
  }

  #draw(
    key: string,
    view: ImageView,
    { w, h }: RawPlane,
    channels: WindowedChannel[],
    known: Drawing | undefined,
  ): Drawing {
    const drawing = known ?? {
      canvas: document.createElement('canvas'),
      w: 0,
      h: 0,
      channels: view.channels,
    };
    if (drawing.w !== w || drawing.h !== h) {
      drawing.canvas.width = w;
      drawing.canvas.height = h;
      this.#bytes += 4 * (w * h - drawing.w * drawing.h);
      drawing.w = w;
      drawing.h = h;
    }
    if (this.#picture?.width !== w || this.#picture.height !== h) this.#picture = new ImageData(w, h);
    renderChannels(channels, this.#picture.data);
    drawing.canvas.getContext('2d')?.putImageData(this.#picture, 0, 0);
    drawing.channels = view.channels;
    this.#drawings.delete(key);
    this.#drawings.set(key, drawing);
    return drawing;
  }

  #forgetOldest(): void {
    for (const [oldest, { w, h }] of this.#drawings) {
      if (this.#bytes <= KEPT_BYTES) return;
      this.#drawings.delete(oldest);
      this.#bytes -= 4 * w * h;
    }
  }
}

function place(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  { canvas, w, h }: Drawing,
  level: number,
  tx: number,
  ty: number,
): void {
  const size = 2 ** level * viewport.scale;
  const ratio = globalThis.devicePixelRatio || 1;
  // Whole device pixels, so that neighbouring tiles leave no seam.
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  const x0 = snap(viewport.offset.x + tx * SIDE * size);
  const y0 = snap(viewport.offset.y + ty * SIDE * size);
  const x1 = snap(viewport.offset.x + (tx * SIDE + w) * size);
  const y1 = snap(viewport.offset.y + (ty * SIDE + h) * size);
  context.drawImage(canvas, 0, 0, w, h, x0, y0, x1 - x0, y1 - y0);
}

const keyOf = (view: ImageView, level: number, tx: number, ty: number) =>
  `${view.image.imageId}/${level}/${view.t}/${view.z}/${ty}/${tx}`;

function addressOf(view: ImageView, level: number, c: number, tx: number, ty: number): TileAddress {
  return { imageId: view.image.imageId, level, t: view.t, z: view.z, c, ty, tx };
}
