/** What the canvas's four layers show (image, overlays, labels, cursor) and when each is drawn again, in whole or in part. */

import type { ImageInfo } from '../../app/api/types.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import { loadLabels, useEditing } from '../state/editing.ts';
import { useObjectPreview } from '../state/objectPreview.ts';
import { showError } from '../state/showError.ts';
import { useWeightLayer } from '../state/weightMapLayer.ts';
import { useWorkspace, viewLevel, viewport, type Workspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { paintFront } from './frontPainter.ts';
import { ImagePainter } from './imagePainter.ts';
import { parseColour } from './labelColours.ts';
import type { LabelLevels } from './labelLevels.ts';
import {
  colourLookup,
  drawImagePart,
  join,
  LabelPainter,
  type LabelStyle,
  MOST_SOUGHT,
  shrink,
} from './labelPainter.ts';
import { previewPicture } from './objectPreviewPicture.ts';
import { PixelTiles } from './pixelTiles.ts';
import { shareViewTiles } from './pixelValues.ts';
import { usePredictionLayer } from './predictionLayer.ts';
import { shownChannels, useImageStatistics } from './shownChannels.ts';

/** Objects are filled at 35 %; where weights or a prediction lie under them, lightly, so that these are seen. */
const FILL = 0.35;
const FILL_OVER_LAYERS = 0.08;
/** How far a contour reaches beyond its pixels on the screen, px. */
const CONTOUR_REACH = 4;

/** The view is at rest when it has not moved for so long; then what lies around it is fetched, ms. */
const REST_MS = 150;

export type LayerName = 'image' | 'overlays' | 'labels' | 'front';
const LAYERS: readonly LayerName[] = ['image', 'overlays', 'labels', 'front'];

/** Draws a layer again with the next frame, whole. */
export type RedrawLayer = (layer: LayerName) => void;

export interface Scene {
  name: LayerName;
  paint(context: CanvasRenderingContext2D): void;
}

/** The scenes of one canvas. `image` is whatever is on view when a frame is drawn. */
export class CanvasScenes {
  image: ImageInfo | null = null;
  readonly scenes: readonly Scene[];
  readonly #redraw: RedrawLayer;
  readonly #images: ImagePainter;
  readonly #labels: LabelPainter;
  /** Colours chosen by hand, as text, and the look-up made of them. */
  #chosen = '';
  #colourOf: LabelStyle['colourOf'] = colourLookup(new Map());

  constructor(redraw: RedrawLayer) {
    this.#redraw = redraw;
    const tiles = new PixelTiles((error) => {
      if (error) showError(texts.errors.pixels, error);
      redraw('image');
    });
    shareViewTiles(tiles);
    this.#images = new ImagePainter(tiles, () => redraw('image'));
    this.#labels = new LabelPainter(() => redraw('labels'));
    this.scenes = [
      { name: 'image', paint: (context) => this.#paintImage(context) },
      { name: 'overlays', paint: (context) => this.#paintOverlays(context) },
      { name: 'labels', paint: (context) => this.paintLabels(context, null) },
      { name: 'front', paint: (context) => paintFront(context, viewport) },
    ];
  }

  /** Paints the labels in view, or only `part` of them (screen px), which the caller has clipped and cleared. */
  paintLabels(context: CanvasRenderingContext2D, part: PixelRect | null): void {
    const { labels } = useEditing.getState();
    const state = useWorkspace.getState();
    if (!labels || !state.showLabels) return;
    const level = viewLevel(labels.levels.levelCount);
    context.globalAlpha = state.labelOpacity;
    this.#labels.paint(context, viewport, labels.levels, level, this.#labelStyle(state), part);
  }

  /** Redraws just the layers that a change of view, labels, overlays or settings touches. Returns the way to stop. */
  follow(redrawLabels: (part: PixelRect) => void): () => void {
    const redraw = this.#redraw;
    const follower = new LabelFollower(redrawLabels);
    let rest: ReturnType<typeof setTimeout> | undefined;
    const stops = [
      viewport.subscribe(() => {
        for (const layer of LAYERS) redraw(layer);
        clearTimeout(rest);
        rest = setTimeout(() => redraw('image'), REST_MS);
        loadLabels();
      }),
      () => clearTimeout(rest),
      useEditing.subscribe((state, before) => {
        if (state.labels !== before.labels) {
          follower.follow(state.labels?.levels ?? null);
          redraw('labels');
        }
        const { showPrediction, predictionView } = useWorkspace.getState();
        if (showPrediction && predictionView === 'disagreement' && state.revision !== before.revision) {
          redraw('overlays');
        }
        if (state.objects !== before.objects && this.#refreshColours()) redraw('labels');
      }),
      useWeightLayer.subscribe(() => {
        redraw('overlays');
        // The lines of the weight under the pointer.
        redraw('front');
      }),
      usePredictionLayer.subscribe(() => redraw('overlays')),
      useObjectPreview.subscribe((state, before) => {
        if (state.cut !== before.cut) redraw('overlays');
      }),
      useImageStatistics.subscribe(() => redraw('image')),
      useWorkspace.subscribe((state, before) => {
        if (imageLook(state) !== imageLook(before) || state.channels !== before.channels) redraw('image');
        if (overlayLook(state) !== overlayLook(before)) redraw('overlays');
        const isHidden = state.hiddenLabels !== before.hiddenLabels && this.#refreshColours();
        if (labelLook(state) !== labelLook(before) || isHidden) redraw('labels');
        else if (state.selection !== before.selection) this.#redrawSelection(before.selection, follower);
      }),
      () => follower.follow(null),
    ];
    follower.follow(useEditing.getState().labels?.levels ?? null);
    this.#refreshColours();
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Draws again what has been selected or let go: their part of the view where they are few, else all. */
  #redrawSelection(before: ReadonlySet<number>, follower: LabelFollower): void {
    const levels = useEditing.getState().labels?.levels;
    if (!levels) return;
    const changed = [...before.symmetricDifference(useWorkspace.getState().selection)];
    if (changed.length > MOST_SOUGHT) {
      this.#redraw('labels');
      return;
    }
    const level = viewLevel(levels.levelCount);
    const visible = shrink(viewport.visibleArea(), 2 ** level);
    for (const label of changed) {
      const bounds = levels.boundsOf(level, visible, label);
      if (bounds) follower.note(level, bounds);
    }
  }

  #paintImage(context: CanvasRenderingContext2D): void {
    const { image } = this;
    if (!image) return;
    const channels = shownChannels(image.imageId);
    const { t, z, imageOpacity, channels: settings } = useWorkspace.getState();
    if (channels.length === 0) {
      const visible = (settings[image.imageId] ?? []).flatMap((setting, c) => (setting.visible ? [c] : []));
      this.#images.fetchAhead(viewport, image, { t, z }, visible);
      return;
    }
    context.globalAlpha = imageOpacity;
    this.#images.paint(context, viewport, { image, t, z, channels });
  }

  #paintOverlays(context: CanvasRenderingContext2D): void {
    const state = useWorkspace.getState();
    const weights = useWeightLayer.getState().layer;
    const { labels } = useEditing.getState();
    context.save();
    context.imageSmoothingEnabled = viewport.scale < 1;
    if (state.showWeightMap && weights && labels && weights.imageId === state.imageId) {
      context.globalAlpha = state.weightOpacity;
      const level = viewLevel(labels.levels.levelCount);
      if (!weights.tiles.paint(context, viewport, level, weights.drawn)) this.#redraw('overlays');
    }
    const prediction = usePredictionLayer.getState().layer;
    const isCurrent =
      prediction?.imageId === state.imageId && prediction?.t === state.t && prediction?.z === state.z;
    if (state.showPrediction && prediction && isCurrent && labels) {
      context.globalAlpha = state.predictionOpacity;
      const { cut } = useObjectPreview.getState();
      const { predictionView: view } = state;
      if (cut && (view === 'objects' || view === 'contours')) {
        drawImagePart(context, viewport, previewPicture(cut, view), cut.area);
        context.restore();
        return;
      }
      const { levels } = labels;
      const { revision } = useEditing.getState();
      const { classPosition, painter } = prediction;
      const look = { view: state.predictionView, classPosition, labels: levels, revision };
      if (!painter.paint(context, viewport, viewLevel(levels.levelCount), look)) this.#redraw('overlays');
    }
    context.restore();
  }

  /** Takes over the colours that were chosen by hand; false where they are as before. */
  #refreshColours(): boolean {
    const rows = useEditing.getState().objects.filter((row) => row.colour !== null);
    const { imageId, hiddenLabels } = useWorkspace.getState();
    const hidden = hiddenLabels[imageId ?? -1] ?? new Set();
    const chosen = `${rows.map((row) => `${row.label}${row.colour}`).join()};${[...hidden].join()}`;
    if (chosen === this.#chosen) return false;
    this.#chosen = chosen;
    const colours = rows.map((row) => [row.label, parseColour(row.colour ?? '')] as const);
    this.#colourOf = colourLookup(new Map(colours), hidden);
    return true;
  }

  #labelStyle(state: Workspace): LabelStyle {
    return {
      selected: state.selection,
      fillOpacity: state.showWeightMap || state.showPrediction ? FILL_OVER_LAYERS : FILL,
      showFill: state.showFill,
      showContours: state.showContours,
      showHatch: state.showHatch,
      colourOf: this.#colourOf,
      colourKey: this.#colourOf,
    };
  }
}

/** Gathers what changes in the labels during a frame and has that part drawn again at its end. */
class LabelFollower {
  readonly #redraw: (part: PixelRect) => void;
  #stop: () => void = () => undefined;
  #changed: PixelRect | null = null;
  #frame = 0;

  constructor(redraw: (part: PixelRect) => void) {
    this.#redraw = redraw;
  }

  follow(levels: LabelLevels | null): void {
    this.#stop();
    this.#changed = null;
    if (!levels) {
      this.#stop = () => undefined;
      return;
    }
    this.#stop = levels.subscribe((level, area) => {
      if (level === viewLevel(levels.levelCount)) this.note(level, area);
    });
  }

  /** An area of a level (in its pixels) is to be drawn again. */
  note(level: number, area: PixelRect): void {
    const size = 2 ** level;
    const full = { x: area.x * size, y: area.y * size, w: area.w * size, h: area.h * size };
    this.#changed = join(this.#changed, full);
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#frame = 0;
    if (!this.#changed) return;
    const part = screenPart(this.#changed);
    this.#changed = null;
    if (part.w > 0 && part.h > 0) this.#redraw(part);
  }
}

/** Whole screen pixels of the canvas that an image area and its contours cover. */
function screenPart(area: PixelRect): PixelRect {
  const { scale, offset, size } = viewport;
  const reach = CONTOUR_REACH + 3 * scale;
  const x = Math.max(0, Math.floor(offset.x + area.x * scale - reach));
  const y = Math.max(0, Math.floor(offset.y + area.y * scale - reach));
  const right = Math.min(size.width, Math.ceil(offset.x + (area.x + area.w) * scale + reach));
  const bottom = Math.min(size.height, Math.ceil(offset.y + (area.y + area.h) * scale + reach));
  return { x, y, w: right - x, h: bottom - y };
}

/** What of the workspace changes which pixels of the image are drawn. */
function imageLook({ imageId, t, z, imageOpacity }: Workspace): string {
  return [imageId, t, z, imageOpacity].join();
}

/** What changes the weight map and the prediction on view. */
function overlayLook(state: Workspace): string {
  return [
    state.imageId,
    state.t,
    state.z,
    state.showWeightMap,
    state.weightOpacity,
    state.showPrediction,
    state.predictionView,
    state.predictionOpacity,
  ].join();
}

/** What changes how labels look. */
function labelLook(state: Workspace): string {
  return [
    state.showLabels,
    state.showFill,
    state.showContours,
    state.showHatch,
    state.labelOpacity,
    state.showWeightMap,
    state.showPrediction,
  ].join();
}
