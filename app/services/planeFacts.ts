/** What is known of a labelled plane and of an image's pixels before a training; kept until the image is edited again. */

import { crc32 } from 'node:zlib';
import { type CallContext, throwIfCancelled } from '../errors.ts';
import type { PixelArray } from '../imaging/image.ts';
import { BACKGROUND } from '../labels/label.ts';
import { tilesTouching } from '../labels/tiles.ts';
import { addDirections, type DirectionTally, emptyDirections } from '../science/classDirections.ts';
import { boxesOfObjects, type MergeSign, mergeSignOf, type ObjectBox } from '../science/mergedShapes.ts';
import { countClasses } from '../science/weightMap.ts';
import type { ImageRow } from '../store/types.ts';
import type { Project } from './project.ts';
import { type LabelledPlane, targetOfLabels } from './trainingData.ts';

/** An object of a plane and where it lies. */
export interface PlacedObject {
  label: number;
  area: ObjectBox;
}

/** What the labels of one plane amount to. */
export interface LabelFacts {
  /** Labelled pixels a class as they train, background first, `[K + 1]`. */
  pixelsOfClass: Float64Array;
  /** Objects a class, `[K + 1]`, 0 at place 0; components of regions count. */
  objectsOfClass: number[];
  /** Pixels painted as background. */
  paintedBackground: number;
  pixels: number;
  /** Counted objects (things) that look like several under one label. */
  merged: (PlacedObject & { sign: MergeSign })[];
  /** The counted object with the longest side, if there is any. */
  largest: PlacedObject | null;
  directions: DirectionTally;
}

/** What the pixels of one plane and channel amount to, by tiles at even distances. */
export interface PixelFacts {
  minimum: number;
  maximum: number;
  /** Share of the pixels that have the largest value, 0 … 1. */
  atMaximum: number;
  /** The same for two planes whose sampled pixels are the same. */
  fingerprint: string;
}

/** Tiles of a plane that its pixel facts are read from, at most. */
const SAMPLED_TILES = 16;

interface Known {
  labels: Map<string, { version: string; facts: LabelFacts }>;
  pixels: Map<string, PixelFacts>;
}

const known = new WeakMap<Project, Known>();

function knownOf(project: Project): Known {
  const own = known.get(project) ?? { labels: new Map(), pixels: new Map() };
  known.set(project, own);
  return own;
}

/** Facts of a plane's labels; reads them only if the image or the classes were changed since. */
export async function labelFacts(
  project: Project,
  plane: LabelledPlane,
  { signal }: CallContext = {},
): Promise<LabelFacts> {
  const { image, t, z } = plane;
  const { labels } = knownOf(project);
  const key = `${image.imageId}/${t}/${z}`;
  // The last gesture that stands tells the labels of an image: two states never share it.
  const { editId } = project.store.edits.state(image.imageId);
  const classes = project.store.classes.list().map((row) => `${row.classId} ${row.kind} ${row.position}`);
  const version = `${editId}; ${classes.join()}`;
  const before = labels.get(key);
  if (before?.version === version) return before.facts;
  throwIfCancelled(signal);
  // Between planes other work of this process gets its turn.
  await new Promise(setImmediate);
  const facts = readLabelFacts(project, plane);
  labels.set(key, { version, facts });
  return facts;
}

function readLabelFacts(project: Project, { image, t, z }: LabelledPlane): LabelFacts {
  const { shape, imageId } = image;
  const rows = project.store.classes.list();
  const labels = project.store.labels.readPlane(imageId, t, z);
  const { target, classOfObject } = targetOfLabels(project, imageId, labels, shape);
  const objectsOfClass = new Array<number>(rows.length + 1).fill(0);
  for (const k of classOfObject.values()) objectsOfClass[k] = (objectsOfClass[k] ?? 0) + 1;
  let paintedBackground = 0;
  for (const label of labels) if (label === BACKGROUND) paintedBackground++;
  const things = new Set(rows.filter((row) => row.kind === 'thing').map((row) => row.classId));
  const counted = new Set(
    project.store.objects
      .list(imageId)
      .filter((row) => !row.isRegion && things.has(row.classId))
      .map((row) => row.label),
  );
  const merged: LabelFacts['merged'] = [];
  let largest: PlacedObject | null = null;
  let longest = 0;
  for (const [label, area] of boxesOfObjects(labels, shape)) {
    if (!counted.has(label)) continue;
    const sign = mergeSignOf(labels, shape, label, area);
    if (sign !== null) merged.push({ label, area, sign });
    const side = Math.max(area.w, area.h);
    if (side <= longest) continue;
    longest = side;
    largest = { label, area };
  }
  const directions = emptyDirections(rows.length);
  addDirections(directions, target, shape);
  return {
    pixelsOfClass: countClasses(target, rows.length + 1),
    objectsOfClass,
    paintedBackground,
    pixels: labels.length,
    merged,
    largest,
    directions,
  };
}

/** Facts of a plane's pixels in one channel; pixels never change, so they are read once. What reading a linked file throws. */
export async function pixelFacts(
  project: Project,
  plane: LabelledPlane,
  c: number,
  { signal }: CallContext = {},
): Promise<PixelFacts> {
  const { image, t, z } = plane;
  const { pixels } = knownOf(project);
  const key = `${image.imageId}/${t}/${z}/${c}`;
  const before = pixels.get(key);
  if (before) return before;
  throwIfCancelled(signal);
  const facts = await readPixelFacts(project, image, { t, z, c }, signal);
  pixels.set(key, facts);
  return facts;
}

async function readPixelFacts(
  project: Project,
  image: ImageRow,
  at: { t: number; z: number; c: number },
  signal: AbortSignal | undefined,
): Promise<PixelFacts> {
  let minimum = Infinity;
  let maximum = -Infinity;
  let atMaximum = 0;
  let count = 0;
  let checksum = 0;
  for await (const pixels of sampledPixels(project, image, at, signal)) {
    checksum = crc32(bytesOf(pixels), checksum);
    count += pixels.length;
    for (const value of pixels) {
      if (value < minimum) minimum = value;
      if (value > maximum) {
        maximum = value;
        atMaximum = 0;
      }
      if (value === maximum) atMaximum++;
    }
  }
  const { numberType, shape } = image;
  const fingerprint = `${numberType} ${shape.y} ${shape.x} ${checksum}`;
  return { minimum, maximum, atMaximum: count > 0 ? atMaximum / count : 0, fingerprint };
}

/** Tiles at even distances over a plane, row by row; a linked image is read plane by plane in any case. */
async function* sampledPixels(
  project: Project,
  { imageId, shape, linked }: ImageRow,
  { t, z, c }: { t: number; z: number; c: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<PixelArray> {
  const { images } = project.store;
  if (linked) {
    yield await images.readPlane(imageId, t, z, c, signal);
    return;
  }
  const tiles = tilesTouching(shape);
  const most = Math.min(SAMPLED_TILES, tiles.length);
  for (let i = 0; i < most; i++) {
    const { ty, tx } = tiles[Math.floor((i * tiles.length) / most)]!;
    yield (await images.readTile(imageId, 0, t, z, c, ty, tx, signal)).pixels;
  }
}

function bytesOf(pixels: PixelArray): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}
