/** Keeps the weight map of the labels on view up to date: asks the worker after each change, newest request wins. */

import { create } from 'zustand';
import type { PixelRect } from '../editor/paintableTiles.ts';
import type { WeightMapRequest, WeightMapResult } from '../workers/weightMapMessages.ts';
import { useEditing } from './editing.ts';
import { useWorkspace, viewport } from './workspace.ts';

/** Larger planes show the weights of the part in view. */
const WHOLE_PLANE_PIXELS = 16_800_000;

export interface WeightLayer {
  area: PixelRect;
  weights: Float32Array;
  maximum: number;
  picture: HTMLCanvasElement;
  milliseconds: number;
}

export const useWeightLayer = create<{ layer: WeightLayer | null; busy: boolean }>(() => ({
  layer: null,
  busy: false,
}));

let worker: Worker | null = null;
let requestId = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const areas = new Map<number, PixelRect>();

/** Weight at a pixel; null where no map is shown there. */
export function weightAt(x: number, y: number): number | null {
  const { layer } = useWeightLayer.getState();
  if (!layer) return null;
  const { area } = layer;
  if (x < area.x || y < area.y || x >= area.x + area.w || y >= area.y + area.h) return null;
  return layer.weights[(y - area.y) * area.w + (x - area.x)] ?? null;
}

/** Starts following labels and settings; returns the way to stop. */
export function followWeightMap(): () => void {
  const schedule = () => {
    if (!useWorkspace.getState().showWeightMap) return;
    clearTimeout(timer);
    timer = setTimeout(send, 40);
  };
  const stopEditing = useEditing.subscribe((state, before) => {
    if (state.document !== before.document) useWeightLayer.setState({ layer: null });
    if (state.revision !== before.revision || state.objects !== before.objects) schedule();
  });
  const stopWorkspace = useWorkspace.subscribe((state, before) => {
    const changed =
      state.w0 !== before.w0 ||
      state.sigma !== before.sigma ||
      state.weightPreset !== before.weightPreset ||
      state.showWeightMap !== before.showWeightMap;
    if (changed) schedule();
  });
  const stopViewport = viewport.subscribe(() => {
    const document = useEditing.getState().document;
    if (document && document.shape.x * document.shape.y > WHOLE_PLANE_PIXELS) schedule();
  });
  return () => {
    stopEditing();
    stopWorkspace();
    stopViewport();
    clearTimeout(timer);
    worker?.terminate();
    worker = null;
  };
}

function send(): void {
  const { document, objects, classes } = useEditing.getState();
  if (!document) return;
  const { w0, sigma, weightPreset } = useWorkspace.getState();
  const area = areaToCompute();
  if (area.w === 0 || area.h === 0) return;
  const positions = new Map(classes.map((row) => [row.classId, row.position]));
  const labels = document.readArea(area);
  const request: WeightMapRequest = {
    requestId: ++requestId,
    labels,
    shape: { y: area.h, x: area.w },
    classOfLabel: objects.map((row) => [row.label, positions.get(row.classId) ?? 1] as const),
    regions: objects.filter((row) => row.isRegion).map((row) => row.label),
    classes: Math.max(1, classes.length),
    preset: weightPreset,
    w0,
    sigmaPx: sigma,
  };
  areas.set(request.requestId, area);
  useWeightLayer.setState({ busy: true });
  workerInstance().postMessage(request, { transfer: [labels.buffer] });
}

function areaToCompute(): PixelRect {
  const document = useEditing.getState().document;
  if (!document) return { x: 0, y: 0, w: 0, h: 0 };
  const { x, y } = document.shape;
  return x * y <= WHOLE_PLANE_PIXELS ? { x: 0, y: 0, w: x, h: y } : viewport.visibleArea();
}

function workerInstance(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL('../workers/weightMapWorker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<WeightMapResult>) => receive(event.data));
  return worker;
}

function receive(result: WeightMapResult): void {
  const area = areas.get(result.requestId);
  areas.delete(result.requestId);
  if (!area || result.requestId !== requestId) return;
  const picture = document.createElement('canvas');
  picture.width = area.w;
  picture.height = area.h;
  picture.getContext('2d')?.putImageData(new ImageData(result.picture, area.w, area.h), 0, 0);
  const { weights, maximum, milliseconds } = result;
  useWeightLayer.setState({ layer: { area, weights, maximum, picture, milliseconds }, busy: false });
}
