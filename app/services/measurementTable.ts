/** Measurements of exported objects as a table: one row an object and plane, units in the header. */

import { throwIfCancelled } from '../errors.ts';
import type { PixelArray } from '../imaging/image.ts';
import { measureObjects } from '../science/measurements.ts';
import type { ImageRow } from '../store/types.ts';
import type { NumberedObjects } from './exportMask.ts';
import type { Project } from './project.ts';

type Cell = string | number | null;

/**
 * Columns: image, object (the value in the mask), class, t and z if an image is a stack, area and centroid in µm² and
 * µm where the pixel size is known and in pixels where it is not (both sets of columns if images differ), and per
 * channel mean and integrated intensity in grey values. The centre of the first pixel is at 0.
 */
export class MeasurementTable {
  readonly #stacks: boolean;
  readonly #calibrated: boolean;
  readonly #uncalibrated: boolean;
  readonly #channels: string[];
  readonly #rows: Cell[][] = [];

  /** @param images all images that will be added. */
  constructor(images: readonly ImageRow[]) {
    this.#stacks = images.some(({ shape }) => shape.t * shape.z > 1);
    this.#calibrated = images.some((image) => image.pixelSizeUm !== null);
    this.#uncalibrated = images.some((image) => image.pixelSizeUm === null);
    this.#channels = channelNames(images);
  }

  /** Measures the objects of an image in every channel. Throws as reading a plane does, and Cancelled. */
  async add(
    project: Project,
    image: ImageRow,
    objects: NumberedObjects,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const plane of objects.planes) {
      const channels: PixelArray[] = [];
      for (let c = 0; c < image.shape.c; c++) {
        throwIfCancelled(signal);
        channels.push(await project.store.images.readPlane(image.imageId, plane.t, plane.z, c, signal));
      }
      for (const measured of measureObjects(plane.objects, image.shape, channels)) {
        const { object, areaPx, centroid } = measured;
        const size = image.pixelSizeUm;
        const row: Cell[] = [image.name, object, objects.classOf[object]?.name ?? null];
        if (this.#stacks) row.push(plane.t, plane.z);
        if (this.#calibrated) {
          row.push(
            size === null ? null : areaPx * size.y * size.x,
            size === null ? null : centroid.x * size.x,
            size === null ? null : centroid.y * size.y,
          );
        }
        if (this.#uncalibrated) {
          row.push(...(size === null ? [areaPx, centroid.x, centroid.y] : [null, null, null]));
        }
        for (let c = 0; c < this.#channels.length; c++) {
          row.push(measured.meanIntensity[c] ?? null, measured.integratedIntensity[c] ?? null);
        }
        this.#rows.push(row);
      }
    }
  }

  /** Comma-separated values (RFC 4180), header first, a point for decimals. */
  toCsv(): string {
    const header: Cell[] = ['image', 'object', 'class'];
    if (this.#stacks) header.push('t', 'z');
    if (this.#calibrated) header.push('area_um2', 'centroid_x_um', 'centroid_y_um');
    if (this.#uncalibrated) header.push('area_px', 'centroid_x_px', 'centroid_y_px');
    for (const channel of this.#channels) {
      header.push(`mean_intensity ${channel} (grey value)`, `integrated_intensity ${channel} (grey value)`);
    }
    return [header, ...this.#rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
  }
}

/** The names that all images give a channel, else its number. */
function channelNames(images: readonly ImageRow[]): string[] {
  const count = Math.max(0, ...images.map(({ shape }) => shape.c));
  return Array.from({ length: count }, (_, c) => {
    const names = new Set(images.flatMap((image) => image.channelNames[c] ?? []));
    const [only] = names;
    return names.size === 1 && only !== undefined ? only : `channel ${c}`;
  });
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
