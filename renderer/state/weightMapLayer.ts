/** Keeps the weight map of what is in view up to date: each change asks the worker for the part around it, the rest follows tile by tile. */

import { create } from 'zustand';
import { classWeights, FIJI_BACKGROUND_WEIGHT, weightReachPx } from '../../app/science/weightMap.ts';
import { getClassCounts } from '../api/raw.ts';
import { join } from '../canvas/labelPainter.ts';
import { intersect, type WeightScale, WeightTiles } from '../canvas/weightTiles.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import { texts } from '../texts.ts';
import type { ObjectsMessage, WeightAreaRequest, WeightAreaResult } from '../workers/weightMapMessages.ts';
import { useEditing } from './editing.ts';
import type { LabelLoading } from './labelLoading.ts';
import { showError } from './showError.ts';
import { useWorkspace, viewport } from './workspace.ts';

/** A change over more pixels than this is taken up tile by tile. */
const LARGEST_CHANGE = 2_000_000;
/** Regions need the whole plane to know their components; larger planes take those of the part. */
const WHOLE_PLANE_PIXELS = 16_800_000;
/** Class weights that move less than this leave the colours as they are. */
const SEEN_CHANGE = 0.005;

export interface WeightLayer {
  tiles: WeightTiles;
  /** Weights as they are now, and as they are coloured. */
  exact: WeightScale;
  drawn: WeightScale;
  maximum: number;
  /** Some pixel lies between two objects. */
  hasBorder: boolean;
  /** Time that the last part took in the worker. */
  milliseconds: number;
  imageId: number;
}

export const useWeightLayer = create<{ layer: WeightLayer | null; busy: boolean }>(() => ({
  layer: null,
  busy: false,
}));

/** Weight at a pixel; null where no map is shown there. */
export function weightAt(x: number, y: number): number | null {
  const { layer } = useWeightLayer.getState();
  return layer?.tiles.at(x, y, layer.exact) ?? null;
}

/** Starts following labels and settings; returns the way to stop. */
export function followWeightMap(): () => void {
  const follower = new WeightFollower();
  follower.open(useEditing.getState().labels);
  const stops = [
    useEditing.subscribe((state, before) => {
      if (state.labels !== before.labels) follower.open(state.labels);
      if (state.objects !== before.objects || state.classes !== before.classes) follower.noteObjects();
      follower.pump();
    }),
    useWorkspace.subscribe((state, before) => {
      const isOther =
        state.w0 !== before.w0 || state.sigma !== before.sigma || state.weightPreset !== before.weightPreset;
      if (isOther) follower.reset();
      if (isOther || state.showWeightMap !== before.showWeightMap) follower.pump();
    }),
    viewport.subscribe(() => follower.pump()),
    () => follower.close(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

class WeightFollower {
  readonly #worker: Worker;
  #labels: LabelLoading | null = null;
  #tiles: WeightTiles | null = null;
  #stop: () => void = () => undefined;
  #counts = new AbortController();
  /** Pixels of each class on each tile as the store knows them; null until asked for. */
  #stored: Uint32Array | null = null;
  #asked = false;
  /** What has changed and waits for the worker. */
  #changed: PixelRect | null = null;
  /** What was painted since the objects were last known. */
  #painted: PixelRect | null = null;
  #classOf = new Map<number, number>();
  #hasRegions = false;
  #objectsSent = false;
  #request: { id: number; inner: PixelRect } | null = null;
  #lastId = 0;
  #hasBorder = false;
  #milliseconds = 0;

  constructor() {
    this.#worker = new Worker(new URL('../workers/weightMapWorker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', (event: MessageEvent<WeightAreaResult>) => {
      this.#receive(event.data);
    });
  }

  close(): void {
    this.#stop();
    this.#counts.abort();
    this.#worker.terminate();
  }

  /** Another plane is on view, or none. */
  open(labels: LabelLoading | null): void {
    this.#stop();
    this.#counts.abort();
    this.#counts = new AbortController();
    this.#labels = labels;
    this.#stored = null;
    this.#asked = false;
    this.#changed = null;
    this.#painted = null;
    this.#tiles = labels ? new WeightTiles(labels.levels.document.shape) : null;
    this.#hasBorder = false;
    this.#request = null;
    useWeightLayer.setState({ layer: null, busy: false });
    if (!labels) {
      this.#stop = () => undefined;
      return;
    }
    this.#stop = labels.levels.subscribe((level, area) => {
      if (level !== 0) return;
      if (!labels.levels.isLoading) this.#note(area);
      this.pump();
    });
    this.noteObjects();
  }

  /** The formula has changed: everything is computed anew. */
  reset(): void {
    this.#tiles?.clear();
    this.#changed = null;
    this.#hasBorder = false;
    this.#request = null;
  }

  /** The objects have changed; the worker is told when it is needed next. */
  noteObjects(): void {
    this.#objectsSent = false;
  }

  /** Tells the worker what the labels stand for. */
  #sendObjects(): void {
    if (this.#objectsSent) return;
    this.#objectsSent = true;
    const { objects, classes } = useEditing.getState();
    const positions = new Map(classes.map((row) => [row.classId, row.position]));
    const regions = objects.filter((row) => row.isRegion).map((row) => row.label);
    const classOf = new Map(objects.map((row) => [row.label, positions.get(row.classId) ?? 1]));
    const pairs = new Uint32Array(2 * classOf.size);
    let n = 0;
    let isOther = regions.length > 0 !== this.#hasRegions;
    for (const [label, position] of classOf) {
      pairs[n++] = label;
      pairs[n++] = position;
      isOther ||= (this.#classOf.get(label) ?? position) !== position;
    }
    this.#classOf = classOf;
    this.#hasRegions = regions.length > 0;
    const message: ObjectsMessage = {
      type: 'objects',
      classOfLabel: pairs,
      regions,
      classes: Math.max(1, classes.length),
    };
    this.#worker.postMessage(message, { transfer: [pairs.buffer] });
    if (isOther) this.reset();
    // What was painted before its object was known may belong to another class than was thought.
    if (this.#painted) this.#changed = join(this.#changed, this.#painted);
    this.#painted = null;
  }

  /** Sends the next part to the worker: what has changed first, then what is in view and missing. */
  pump(): void {
    const labels = this.#labels;
    const tiles = this.#tiles;
    if (!labels || !tiles || this.#request || !useWorkspace.getState().showWeightMap) return;
    this.#sendObjects();
    this.#fetchCounts();
    const { document } = labels.levels;
    const whole = { x: 0, y: 0, w: document.shape.x, h: document.shape.y };
    if (this.#changed) {
      const area = intersect(this.#changed, whole);
      this.#changed = null;
      if (this.#needsWhole) {
        this.#send(whole, whole);
        return;
      }
      if (area.w * area.h <= LARGEST_CHANGE) {
        this.#send(area, this.#around(area));
        return;
      }
      for (const { tx, ty } of document.tilesOf(area)) tiles.forget(tx, ty);
    }
    if (labels.isTooFar) return;
    let blank = false;
    for (const { tx, ty } of nearestFirst(document.tilesOf(viewport.visibleArea()))) {
      if (tiles.has(tx, ty)) continue;
      const inner = document.tileRect(tx, ty);
      const around = this.#needsWhole ? whole : this.#around(inner);
      if (!document.isLoaded(around)) continue;
      if (document.tilesOf(around).every((place) => document.isBlank(place.tx, place.ty))) {
        tiles.put(inner, new Uint8Array(inner.w * inner.h), null);
        blank = true;
        continue;
      }
      this.#send(this.#needsWhole ? whole : inner, around);
      return;
    }
    if (blank) this.#publish();
    if (useWeightLayer.getState().busy) useWeightLayer.setState({ busy: false });
  }

  get #needsWhole(): boolean {
    const shape = this.#labels?.levels.document.shape;
    return this.#hasRegions && shape !== undefined && shape.x * shape.y <= WHOLE_PLANE_PIXELS;
  }

  /** The area and all that can change a weight in it. */
  #around(area: PixelRect): PixelRect {
    const { x, y } = this.#labels?.levels.document.shape ?? { x: 0, y: 0 };
    return intersect(grow(area, this.#reach()), { x: 0, y: 0, w: x, h: y });
  }

  #reach(): number {
    const { weightPreset, w0, sigma } = useWorkspace.getState();
    const classes = Math.max(1, useEditing.getState().classes.length);
    return Math.ceil(weightReachPx(weightPreset, { w0, sigmaPx: sigma }, 1 / (classes + 1))) + 1;
  }

  #note(area: PixelRect): void {
    const reach = grow(area, this.#reach());
    this.#painted = join(this.#painted, reach);
    this.#changed = join(this.#changed, reach);
    if (!this.#isKnown(area)) this.#asked = false;
  }

  /** True where the tiles of an area are counted here. */
  #isKnown(area: PixelRect): boolean {
    const places = this.#labels?.levels.document.tilesOf(area) ?? [];
    return places.every(({ tx, ty }) => this.#tiles?.has(tx, ty) ?? false);
  }

  #send(inner: PixelRect, around: PixelRect): void {
    const levels = this.#labels?.levels;
    if (!levels) return;
    const { weightPreset: preset, w0, sigma: sigmaPx } = useWorkspace.getState();
    const labels = levels.readPadded(0, around, 0);
    const request: WeightAreaRequest = {
      type: 'area',
      requestId: ++this.#lastId,
      labels,
      shape: { y: around.h, x: around.w },
      inner: { x: inner.x - around.x, y: inner.y - around.y, w: inner.w, h: inner.h },
      preset,
      w0,
      sigmaPx,
    };
    this.#request = { id: request.requestId, inner };
    if (!useWeightLayer.getState().busy) useWeightLayer.setState({ busy: true });
    this.#worker.postMessage(request, { transfer: [labels.buffer] });
  }

  #receive(result: WeightAreaResult): void {
    const request = this.#request;
    if (!request || request.id !== result.requestId) return;
    this.#request = null;
    this.#tiles?.put(request.inner, result.target, result.border);
    this.#hasBorder ||= result.border !== null;
    this.#milliseconds = result.milliseconds;
    this.#publish();
    this.pump();
  }

  #fetchCounts(): void {
    const session = useEditing.getState().session;
    if (this.#asked || !session) return;
    this.#asked = true;
    const { signal } = this.#counts;
    const { t, z } = session.plane;
    void session
      .settled()
      .then(() => getClassCounts(session.imageId, t, z, signal))
      .then((counts) => {
        if (signal.aborted) return;
        this.#stored = counts;
        this.#publish();
      })
      .catch((error: unknown) => {
        if (!signal.aborted) showError(texts.errors.weights, error);
      });
  }

  #publish(): void {
    const tiles = this.#tiles;
    const session = useEditing.getState().session;
    if (!tiles || !session) return;
    const exact = this.#scale(tiles);
    const before = useWeightLayer.getState().layer;
    const drawn = before && before.tiles === tiles && isSame(before.drawn, exact) ? before.drawn : exact;
    const layer: WeightLayer = {
      tiles,
      exact,
      drawn,
      maximum: exact.maximum,
      hasBorder: this.#hasBorder,
      milliseconds: this.#milliseconds,
      imageId: session.imageId,
    };
    useWeightLayer.setState({ layer });
  }

  /** Class weights from the pixels of the whole plane: the store's counts, and our own where we know better. */
  #scale(tiles: WeightTiles): WeightScale {
    const { weightPreset, w0 } = useWorkspace.getState();
    const classes = Math.max(1, useEditing.getState().classes.length);
    if (weightPreset === 'fiji') {
      const maximum = this.#hasBorder ? 1 + w0 : 1;
      return { classWeights: [FIJI_BACKGROUND_WEIGHT, ...new Array<number>(classes).fill(1)], maximum };
    }
    const counts = new Float64Array(classes + 1);
    const { document } = this.#labels?.levels ?? {};
    const all = document ? document.tilesOf({ x: 0, y: 0, w: document.shape.x, h: document.shape.y }) : [];
    all.forEach(({ tx, ty }, n) => {
      const from = n * (classes + 1);
      const own = tiles.countsOf(tx, ty, classes) ?? this.#stored?.subarray(from, from + classes + 1);
      for (let k = 0; own && k <= classes; k++) counts[k]! += own[k] ?? 0;
    });
    const weights = [...classWeights(counts)];
    const heaviestBorder = this.#hasBorder ? (weights[0] ?? 0) + w0 : 0;
    return { classWeights: weights, maximum: Math.max(heaviestBorder, ...weights) };
  }
}

function isSame(a: WeightScale, b: WeightScale): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) <= SEEN_CHANGE * Math.max(x, y);
  return (
    near(a.maximum, b.maximum) &&
    a.classWeights.length === b.classWeights.length &&
    a.classWeights.every((weight, k) => near(weight, b.classWeights[k] ?? 0))
  );
}

function grow(area: PixelRect, by: number): PixelRect {
  return { x: area.x - by, y: area.y - by, w: area.w + 2 * by, h: area.h + 2 * by };
}

/** Tiles of a rectangle of tiles, from its middle outwards. */
function nearestFirst(places: { tx: number; ty: number }[]): { tx: number; ty: number }[] {
  const last = places.at(-1);
  const first = places[0];
  if (!first || !last) return places;
  const [mx, my] = [(first.tx + last.tx) / 2, (first.ty + last.ty) / 2];
  const distance = (place: { tx: number; ty: number }) => Math.hypot(place.tx - mx, place.ty - my);
  return places.sort((a, b) => distance(a) - distance(b));
}
