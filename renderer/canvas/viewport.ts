/** Where the image lies on the screen: scale and offset, zoom to a point, fit; whole image coordinates are pixel centres. */

import type { PixelRect } from '../editor/paintableTiles.ts';

export interface ScreenPoint {
  x: number;
  y: number;
}

const LARGEST_SCALE = 64;

/** Screen pixels (CSS) and image pixels of one canvas. `scale` is screen pixels per image pixel. */
export class Viewport {
  #scale = 1;
  #offsetX = 0;
  #offsetY = 0;
  #width = 1;
  #height = 1;
  #image = { x: 1, y: 1 };
  #revision = 0;
  readonly #listeners = new Set<() => void>();

  get scale(): number {
    return this.#scale;
  }
  /** Screen position of the image's top left corner. */
  get offset(): ScreenPoint {
    return { x: this.#offsetX, y: this.#offsetY };
  }
  get size(): { width: number; height: number } {
    return { width: this.#width, height: this.#height };
  }
  /** Grows with every change; for `useSyncExternalStore`. */
  get revision(): number {
    return this.#revision;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A new image, fitted. */
  setImage(shape: { x: number; y: number }): void {
    this.#image = { x: shape.x, y: shape.y };
    this.fit();
  }

  /** The canvas has a new size; the image's centre of view stays. */
  resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    const first = this.#width === 1;
    this.#offsetX += (width - this.#width) / 2;
    this.#offsetY += (height - this.#height) / 2;
    this.#width = width;
    this.#height = height;
    if (first) this.fit();
    else this.#changed();
  }

  /** The whole image in view with a small margin. */
  fit(): void {
    const margin = 12;
    const scale = Math.min(
      (this.#width - 2 * margin) / this.#image.x,
      (this.#height - 2 * margin) / this.#image.y,
    );
    this.#scale = clampScale(scale);
    this.#centre();
  }

  /** One image pixel a screen pixel, about the middle of the view. */
  showActualSize(): void {
    this.zoomAt({ x: this.#width / 2, y: this.#height / 2 }, 1 / this.#scale);
  }

  /** Multiplies the scale by `factor`; the image point under `at` stays where it is. */
  zoomAt(at: ScreenPoint, factor: number): void {
    const scale = clampScale(this.#scale * factor);
    const ratio = scale / this.#scale;
    this.#offsetX = at.x - (at.x - this.#offsetX) * ratio;
    this.#offsetY = at.y - (at.y - this.#offsetY) * ratio;
    this.#scale = scale;
    this.#keepInReach();
    this.#changed();
  }

  /** Moves the image by screen pixels. */
  panBy(dx: number, dy: number): void {
    this.#offsetX += dx;
    this.#offsetY += dy;
    this.#keepInReach();
    this.#changed();
  }

  /** Puts an image area in the middle, enlarged to fill most of the view (at most 8×). */
  showArea(area: PixelRect): void {
    const fill = 0.5 * Math.min(this.#width / Math.max(1, area.w), this.#height / Math.max(1, area.h));
    this.#scale = clampScale(Math.min(8, fill));
    this.#offsetX = this.#width / 2 - (area.x + area.w / 2) * this.#scale;
    this.#offsetY = this.#height / 2 - (area.y + area.h / 2) * this.#scale;
    this.#changed();
  }

  /** Centres the view on an image point. */
  centreOn(x: number, y: number): void {
    this.#offsetX = this.#width / 2 - x * this.#scale;
    this.#offsetY = this.#height / 2 - y * this.#scale;
    this.#keepInReach();
    this.#changed();
  }

  /** Image coordinates of a screen point; whole numbers are pixel centres. */
  toImage(screen: ScreenPoint): ScreenPoint {
    return {
      x: (screen.x - this.#offsetX) / this.#scale - 0.5,
      y: (screen.y - this.#offsetY) / this.#scale - 0.5,
    };
  }

  /** The inverse of {@link toImage}. */
  toScreen(image: ScreenPoint): ScreenPoint {
    return {
      x: (image.x + 0.5) * this.#scale + this.#offsetX,
      y: (image.y + 0.5) * this.#scale + this.#offsetY,
    };
  }

  /** The part of the image in view, in whole pixels; empty (w or h 0) if none is. */
  visibleArea(): PixelRect {
    const x0 = Math.max(0, Math.floor(-this.#offsetX / this.#scale));
    const y0 = Math.max(0, Math.floor(-this.#offsetY / this.#scale));
    const x1 = Math.min(this.#image.x, Math.ceil((this.#width - this.#offsetX) / this.#scale));
    const y1 = Math.min(this.#image.y, Math.ceil((this.#height - this.#offsetY) / this.#scale));
    return { x: x0, y: y0, w: Math.max(0, x1 - x0), h: Math.max(0, y1 - y0) };
  }

  #centre(): void {
    this.#offsetX = (this.#width - this.#image.x * this.#scale) / 2;
    this.#offsetY = (this.#height - this.#image.y * this.#scale) / 2;
    this.#changed();
  }

  /** A corner of the image always stays in view, so that it cannot be lost. */
  #keepInReach(): void {
    const reach = 64;
    this.#offsetX = Math.min(
      this.#width - reach,
      Math.max(reach - this.#image.x * this.#scale, this.#offsetX),
    );
    this.#offsetY = Math.min(
      this.#height - reach,
      Math.max(reach - this.#image.y * this.#scale, this.#offsetY),
    );
  }

  #changed(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }
}

function clampScale(scale: number): number {
  return Math.min(LARGEST_SCALE, Math.max(1 / 128, scale));
}

/** Pyramid level whose pixels come nearest to device pixels without being coarser; `scale` is device pixels per image pixel. */
export function levelForScale(scale: number, levels: number): number {
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(1 / scale) + 1e-6)));
}
