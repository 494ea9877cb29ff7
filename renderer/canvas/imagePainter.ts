/** Draws the part of the image that is in view from pyramid tiles, each windowed once and kept until its window changes. */

import type { ImageInfo } from '../../app/api/types.ts';
import type { RawPlane, TileAddress } from '../api/raw.ts';
import type { PixelTiles } from './pixelTiles.ts';
import type { Viewport } from './viewport.ts';
import { type ChannelWindow, renderChannels, type WindowedChannel } from './windowing.ts';

const SIDE = 256;
const KEPT_DRAWINGS = 220;

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
  windowKey: string;
}

/** Pyramid level whose pixels come nearest to screen pixels without being coarser. */
export function levelForScale(scale: number, levels: number): number {
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(1 / scale) + 1e-6)));
}

/** Tiles of a level that meet the visible area, nearest to the middle first. */
export function visibleTiles(
  viewport: Viewport,
  shape: { x: number; y: number },
  level: number,
): { tx: number; ty: number }[] {
  const area = viewport.visibleArea();
  if (area.w === 0 || area.h === 0) return [];
  const side = SIDE * 2 ** level;
  const lastX = Math.min(Math.ceil(shape.x / side) - 1, Math.floor((area.x + area.w - 1) / side));
  const lastY = Math.min(Math.ceil(shape.y / side) - 1, Math.floor((area.y + area.h - 1) / side));
  const tiles: { tx: number; ty: number }[] = [];
  for (let ty = Math.floor(area.y / side); ty <= lastY; ty++)
    for (let tx = Math.floor(area.x / side); tx <= lastX; tx++) tiles.push({ tx, ty });
  const middleX = (area.x + area.w / 2) / side - 0.5;
  const middleY = (area.y + area.h / 2) / side - 0.5;
  const distance = (tile: { tx: number; ty: number }) => Math.hypot(tile.tx - middleX, tile.ty - middleY);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

export class ImagePainter {
  readonly #tiles: PixelTiles;
  readonly #drawings = new Map<string, Drawing>();

  constructor(tiles: PixelTiles) {
    this.#tiles = tiles;
  }

  /** Paints the view; missing tiles show the coarsest level meanwhile and are asked for. */
  paint(context: CanvasRenderingContext2D, viewport: Viewport, view: ImageView): void {
    const { image } = view;
    const level = levelForScale(viewport.scale, image.levels);
    const coarsest = image.levels - 1;
    const wanted: TileAddress[] = [];
    context.save();
    const { x: left, y: top } = viewport.offset;
    context.beginPath();
    context.rect(left, top, image.shape.x * viewport.scale, image.shape.y * viewport.scale);
    context.clip();
    const drawLevel = (at: number): boolean => {
      context.imageSmoothingEnabled = viewport.scale * 2 ** at < 1;
      let complete = true;
      for (const { tx, ty } of visibleTiles(viewport, image.shape, at)) {
        const drawn = this.#drawTile(context, viewport, view, at, tx, ty, wanted);
        complete &&= drawn;
      }
      return complete;
    };
    if (coarsest !== level && !this.#isComplete(viewport, view, level)) drawLevel(coarsest);
    drawLevel(level);
    context.restore();
    this.#tiles.want(wanted);
  }

  /** True when every tile of the level that is in view has arrived. */
  #isComplete(viewport: Viewport, view: ImageView, level: number): boolean {
    return visibleTiles(viewport, view.image.shape, level).every(({ tx, ty }) =>
      view.channels.every(
        ({ index }) => this.#tiles.peek(addressOf(view, level, index, tx, ty)) !== undefined,
      ),
    );
  }

  #drawTile(
    context: CanvasRenderingContext2D,
    viewport: Viewport,
    view: ImageView,
    level: number,
    tx: number,
    ty: number,
    wanted: TileAddress[],
  ): boolean {
    const channels: WindowedChannel[] = [];
    let plane: RawPlane | undefined;
    for (const { index, window } of view.channels) {
      const at = addressOf(view, level, index, tx, ty);
      const tile = this.#tiles.peek(at);
      if (tile) {
        channels.push({ pixels: tile.pixels, window });
        plane = tile;
      } else wanted.push(at);
    }
    if (!plane || channels.length !== view.channels.length || plane.w === 0) return false;
    const canvas = this.#drawingOf(view, level, tx, ty, plane, channels);
    const size = 2 ** level * viewport.scale;
    const ratio = globalThis.devicePixelRatio || 1;
    // Whole device pixels, so that neighbouring tiles leave no seam.
    const snap = (value: number) => Math.round(value * ratio) / ratio;
    const x0 = snap(viewport.offset.x + tx * SIDE * size);
    const y0 = snap(viewport.offset.y + ty * SIDE * size);
    const x1 = snap(viewport.offset.x + (tx * SIDE + plane.w) * size);
    const y1 = snap(viewport.offset.y + (ty * SIDE + plane.h) * size);
    context.drawImage(canvas, 0, 0, plane.w, plane.h, x0, y0, x1 - x0, y1 - y0);
    return true;
  }

  #drawingOf(
    view: ImageView,
    level: number,
    tx: number,
    ty: number,
    plane: RawPlane,
    channels: WindowedChannel[],
  ): HTMLCanvasElement {
    const key = `${view.image.imageId}/${level}/${view.t}/${view.z}/${ty}/${tx}`;
    const windowKey = JSON.stringify(view.channels);
    const known = this.#drawings.get(key);
    if (known) this.#drawings.delete(key);
    const drawing = known ?? { canvas: document.createElement('canvas'), windowKey: '' };
    this.#drawings.set(key, drawing);
    if (drawing.windowKey !== windowKey) {
      drawing.canvas.width = plane.w;
      drawing.canvas.height = plane.h;
      const pixels = new ImageData(plane.w, plane.h);
      renderChannels(channels, pixels.data);
      drawing.canvas.getContext('2d')?.putImageData(pixels, 0, 0);
      drawing.windowKey = windowKey;
    }
    for (const oldest of this.#drawings.keys()) {
      if (this.#drawings.size <= KEPT_DRAWINGS) break;
      this.#drawings.delete(oldest);
    }
    return drawing.canvas;
  }
}

function addressOf(view: ImageView, level: number, c: number, tx: number, ty: number): TileAddress {
  return { imageId: view.image.imageId, level, t: view.t, z: view.z, c, ty, tx };
}
