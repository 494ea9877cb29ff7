/** Object parameters as the sliders say, and what they cut out of the probabilities in view, before they are set. */

import { create } from 'zustand';
import type { ImageInfo, InstanceParameters, ModelObjects } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { getForegroundArea } from '../api/raw.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import { texts } from '../texts.ts';
import type { AreaMessage, CutRequest, CutResult } from '../workers/objectsMessages.ts';
import { showError } from './showError.ts';
import { updateWorkspace, useWorkspace, viewport } from './workspace.ts';

/** Larger views are cut in their middle only, px. */
const LARGEST_SIDE = 2048;
/** The view is at rest when it has not moved for so long, ms. */
const REST_MS = 150;

/** Objects as they would be, of a part of the plane on view. */
export interface CutPreview {
  area: PixelRect;
  instancePlane: Uint32Array;
  shape: { y: number; x: number };
  objects: number;
}

interface ObjectPreview {
  isOpen: boolean;
  /** The model whose prediction is on view. */
  modelId: number | null;
  stored: ModelObjects | null;
  /** What the sliders say; null where it is what is stored. */
  draft: InstanceParameters | null;
  cut: CutPreview | null;
  /** What is under way. */
  busy: 'fit' | 'set' | null;
  /** Mean F1 before and after the last fit, and on how many planes. */
  fitted: { before: number; after: number; planes: number } | null;
}

const NOTHING = { modelId: null, stored: null, draft: null, cut: null, busy: null, fitted: null };

export const useObjectPreview = create<ObjectPreview>(() => ({ isOpen: false, ...NOTHING }));

let worker: Worker | null = null;
let loading = new AbortController();
/** The area that the worker holds. */
let held: { areaId: number; at: string; area: PixelRect } | null = null;
let isCutting = false;
let isStale = false;
let areas = 0;

/** Reads the parameters of the model that predicted the image on view. */
export async function loadObjectParameters(modelId: number | null): Promise<void> {
  if (useObjectPreview.getState().modelId === modelId) return;
  dropDraft();
  useObjectPreview.setState({ ...NOTHING, modelId });
  if (modelId === null) return;
  try {
    const stored = await backend.modelObjects(modelId);
    if (useObjectPreview.getState().modelId === modelId) useObjectPreview.setState({ stored });
  } catch (error) {
    showError(texts.errors.objects, error);
  }
}

/** A slider has moved: the objects in view are cut anew and drawn. */
export function draftObjects(change: Partial<InstanceParameters>): void {
  const { stored, draft } = useObjectPreview.getState();
  if (!stored) return;
  useObjectPreview.setState({ draft: { ...stored.parameters, ...draft, ...change }, fitted: null });
  const { predictionView } = useWorkspace.getState();
  const isShown = predictionView === 'objects' || predictionView === 'contours';
  updateWorkspace({ showPrediction: true, ...(isShown ? {} : { predictionView: 'objects' }) });
  void preview();
}

/** Back to the parameters that are stored. */
export function dropDraft(): void {
  loading.abort();
  held = null;
  useObjectPreview.setState({ draft: null, cut: null, fitted: null });
}

/** Searches the parameters that suit the labels and shows them as a draft. */
export async function fitToLabels(): Promise<void> {
  const { modelId } = useObjectPreview.getState();
  if (modelId === null) return;
  useObjectPreview.setState({ busy: 'fit' });
  try {
    const { parameters, before, after, planes } = await backend.fitModelObjects(modelId);
    if (useObjectPreview.getState().modelId !== modelId) return;
    draftObjects(parameters);
    useObjectPreview.setState({ fitted: { before, after, planes } });
  } catch (error) {
    showError(texts.errors.objects, error);
  } finally {
    useObjectPreview.setState({ busy: null });
  }
}

/** Sets the draft: every prediction of the model is cut anew. */
export async function setDraft(): Promise<void> {
  const { modelId, draft, stored } = useObjectPreview.getState();
  if (modelId === null || !draft || !stored) return;
  useObjectPreview.setState({ busy: 'set' });
  try {
    const { parameters } = await backend.setModelObjects(modelId, draft);
    dropDraft();
    useObjectPreview.setState({ stored: { ...stored, parameters } });
    await queryClient.invalidateQueries({ queryKey: keys.images });
  } catch (error) {
    showError(texts.errors.objects, error);
  } finally {
    useObjectPreview.setState({ busy: null });
  }
}

/** Follows image, plane and view, so that what is cut is what is seen. Returns the way to stop. */
export function followObjectPreview(): () => void {
  let rest: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    clearTimeout(rest);
    if (useObjectPreview.getState().draft) rest = setTimeout(() => void preview(), REST_MS);
  };
  const stops = [
    viewport.subscribe(again),
    useWorkspace.subscribe((state, before) => {
      const isElsewhere = state.imageId !== before.imageId || state.t !== before.t || state.z !== before.z;
      if (!isElsewhere) return;
      useObjectPreview.setState({ cut: null });
      again();
    }),
  ];
  return () => {
    clearTimeout(rest);
    for (const stop of stops) stop();
  };
}

async function preview(): Promise<void> {
  const { stored, draft } = useObjectPreview.getState();
  const { imageId, t, z } = useWorkspace.getState();
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images);
  const image = images?.find((one) => one.imageId === imageId);
  if (!stored || !draft || !image) return;
  const area = middleOf(viewport.visibleArea(), image.shape);
  const at = [image.imageId, t, z, area.x, area.y, area.w, area.h].join();
  if (held?.at !== at) {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    try {
      const foreground = await getForegroundArea(image.imageId, t, z, area, signal);
      if (signal.aborted) return;
      areas++;
      held = { areaId: areas, at, area };
      const shape = { y: area.h, x: area.w };
      const message: AreaMessage = { type: 'area', areaId: areas, foreground, shape, kinds: stored.kinds };
      startWorker().postMessage(message, [foreground.buffer]);
    } catch (error) {
      if (!signal.aborted) showError(texts.errors.objects, error);
      return;
    }
  }
  cut();
}

/** One cut at a time; whatever the sliders say when it is done is cut next. */
function cut(): void {
  const { draft } = useObjectPreview.getState();
  if (!draft || !held) return;
  isStale = isCutting;
  if (isCutting) return;
  isCutting = true;
  const request: CutRequest = { type: 'cut', parameters: draft };
  startWorker().postMessage(request);
}

function startWorker(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL('../workers/objectsWorker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<CutResult>) => {
    isCutting = false;
    if (held && data.areaId === held.areaId && useObjectPreview.getState().draft) {
      const { area } = held;
      const shape = { y: area.h, x: area.w };
      const cutOut = { area, shape, instancePlane: data.labels, objects: data.objects };
      useObjectPreview.setState({ cut: cutOut });
    }
    if (isStale) cut();
  };
  worker.onerror = (event) => {
    isCutting = false;
    showError(texts.errors.objects, new Error(event.message));
  };
  return worker;
}

/** What of the view lies in the image, no larger than is cut in a moment. */
function middleOf(view: PixelRect, image: { y: number; x: number }): PixelRect {
  const clip = (from: number, length: number, side: number) => {
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(side, Math.ceil(from + length));
    const size = Math.min(LARGEST_SIDE, last - first);
    return { from: first + Math.floor((last - first - size) / 2), size };
  };
  const x = clip(view.x, view.w, image.x);
  const y = clip(view.y, view.h, image.y);
  return { x: x.from, y: y.from, w: x.size, h: y.size };
}
