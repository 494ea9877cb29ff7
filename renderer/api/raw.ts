/** The binary routes: pixel tiles, label planes and tiles, weight and probability planes, label edits. */

import type {
  EditAcknowledged,
  EditHeader,
  EditReverted,
  NumberType,
  RunSampleLayer,
} from '../../app/api/types.ts';
import { decodeEnvelope, encodeEnvelope } from '../../app/labels/envelope.ts';
import { type PixelArray, viewPixels } from '../../app/science/pixelArray.ts';
import type { LabelTransport, RestoredEdit } from '../editor/editSession.ts';
import { ApiError, cached, request } from './request.ts';

export interface RawPlane {
  pixels: PixelArray;
  h: number;
  w: number;
}

async function getRaw(path: string, signal?: AbortSignal): Promise<RawPlane | null> {
  const response = await request(path, signal ? { signal } : undefined);
  if (response.status === 204) return null;
  const [h = 0, w = 0] = (response.headers.get('x-limn-shape') ?? '').split(',').map(Number);
  const type = (response.headers.get('x-limn-type') ?? 'uint8') as NumberType;
  return { pixels: viewPixels(type, await response.arrayBuffer()), h, w };
}

export interface TileAddress {
  imageId: number;
  level: number;
  t: number;
  z: number;
  c: number;
  ty: number;
  tx: number;
}

/** One 256² tile of pixels at a pyramid level, clipped to the level. */
export async function getPixelTile(at: TileAddress, signal: AbortSignal): Promise<RawPlane> {
  const path = `/api/images/${at.imageId}/pixels/${at.level}/${at.t}/${at.z}/${at.c}/${at.ty}/${at.tx}`;
  return (await getRaw(cached(path), signal)) ?? { pixels: new Uint8Array(), h: 0, w: 0 };
}

async function getLabels(path: string, signal?: AbortSignal): Promise<Uint32Array | null> {
  const plane = await getRaw(path, signal);
  if (!plane) return null;
  return plane.pixels instanceof Uint32Array ? plane.pixels : Uint32Array.from(plane.pixels);
}

/** Labels of one 256² tile of a level (0 the full size), clipped to it; null where nothing is labelled. */
export function getLabelTile(
  at: { imageId: number; level: number; t: number; z: number; ty: number; tx: number },
  signal: AbortSignal,
) {
  const { imageId, level, t, z, ty, tx } = at;
  return getLabels(`/api/images/${imageId}/label-levels/${level}/${t}/${z}/${ty}/${tx}`, signal);
}

/** Labelled pixels of each class on each tile of a plane, row by row: `[tiles, K + 1]`, background first. */
export async function getClassCounts(
  imageId: number,
  t: number,
  z: number,
  signal: AbortSignal,
): Promise<Uint32Array> {
  return (await getLabels(`/api/images/${imageId}/class-counts/${t}/${z}`, signal)) ?? new Uint32Array();
}

async function getFloats(path: string, signal?: AbortSignal): Promise<Float32Array> {
  const plane = await getRaw(path, signal);
  if (!plane) return new Float32Array();
  return plane.pixels instanceof Float32Array ? plane.pixels : Float32Array.from(plane.pixels);
}

/** Place of a tile of a prediction's level; layer 0 are the objects by number, layer k the probability of class k (1 … K). */
export interface PredictionTileAddress {
  imageId: number;
  t: number;
  z: number;
  layer: number;
  level: number;
  ty: number;
  tx: number;
}

/** One 256² tile of a prediction at a level, clipped to it. */
export async function getPredictionTile(at: PredictionTileAddress, signal: AbortSignal): Promise<PixelArray> {
  const { imageId, t, z, layer, level, ty, tx } = at;
  const path = `/api/images/${imageId}/prediction-levels/${level}/${t}/${z}/${ty}/${tx}`;
  return (await getRaw(layer === 0 ? path : `${path}?class=${layer}`, signal))?.pixels ?? new Uint32Array();
}

/** Probabilities of the classes 1 … K over an area of a plane, `[K, h, w]`. */
export function getForegroundArea(
  imageId: number,
  t: number,
  z: number,
  { x, y, w, h }: { x: number; y: number; w: number; h: number },
  signal?: AbortSignal,
) {
  const area = `x=${x}&y=${y}&w=${w}&h=${h}`;
  return getFloats(`/api/images/${imageId}/prediction/${t}/${z}/foreground?${area}`, signal);
}

/** One layer of a run's sample pictures: planes that follow one another. */
export function getSampleLayer(runId: number, step: number, layer: RunSampleLayer, signal?: AbortSignal) {
  return getRaw(`/api/runs/${runId}/samples/${step}/${layer}`, signal);
}

async function sendEdit(
  imageId: number,
  header: EditHeader,
  pixels: Uint32Array[],
): Promise<EditAcknowledged> {
  const response = await request(`/api/images/${imageId}/edits`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: encodeEnvelope(header, pixels),
  });
  return (await response.json()) as EditAcknowledged;
}

/** An edit that the backend makes by itself: the changed labels come back. Null where nothing was to be done. */
async function restore(imageId: number, action: string, body?: unknown): Promise<RestoredEdit | null> {
  const response = await request(`/api/images/${imageId}/${action}`, {
    method: 'POST',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (response.status === 204) return null;
  const { header, regions } = decodeEnvelope(new Uint8Array(await response.arrayBuffer()));
  const { editId, t, z, kind, regions: areas, ack } = header as EditReverted;
  return { editId, t, z, kind, regions: areas, pixels: regions, acknowledged: ack };
}

/** Takes objects back to unlabelled on every plane; the answer tells of this one. */
export const deleteObjects = (imageId: number, t: number, z: number, labels: readonly number[]) =>
  restore(imageId, 'objects/delete', { t, z, labels });

/** Copies labels of a plane to where another one has none. */
export const copyLabels = (imageId: number, from: { t: number; z: number }, to: { t: number; z: number }) =>
  restore(imageId, 'labels/copy', { from, to });

/** Label edits over HTTP. */
export const httpLabelTransport: LabelTransport = {
  sendEdit,
  undo: (imageId) => restore(imageId, 'undo'),
  redo: (imageId) => restore(imageId, 'redo'),
  isTransient: (error) => error instanceof ApiError && error.transient,
};
