/** The canvas: four stacked layers (image, weight map and prediction, labels, cursor) under one pointer listener. */

import type Konva from 'konva';
import { useEffect, useMemo, useRef } from 'react';
import { Layer, Shape, Stage } from 'react-konva';
import type { ImageInfo } from '../../app/api/types.ts';
import { loadLabels, useEditing } from '../state/editing.ts';
import { showError } from '../state/showError.ts';
import { useWeightLayer } from '../state/weightMapLayer.ts';
import { updateWorkspace, useWorkspace, viewport, type Workspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { paintFront } from './frontPainter.ts';
import { ImagePainter, type ShownChannel } from './imagePainter.ts';
import { parseColour } from './labelColours.ts';
import { colourLookup, drawImagePart, LabelPainter } from './labelPainter.ts';
import { Minimap } from './Minimap.tsx';
import { PlaneStrip } from './PlaneStrip.tsx';
import { PixelTiles } from './pixelTiles.ts';
import { shareViewTiles } from './pixelValues.ts';
import { listenToPointer } from './pointerInput.ts';
import { usePredictionLayer } from './predictionLayer.ts';
import { ScaleBar } from './ScaleBar.tsx';
import { useCanvasSize } from './useCanvasSize.ts';
import { useShownChannels } from './useShownChannels.ts';

/** Objects are filled at 35 %; where weights or a prediction lie under them, lightly, so that these are seen. */
const FILL = 0.35;
const FILL_OVER_LAYERS = 0.08;

interface ImageCanvasProps {
  image: ImageInfo;
}

/** The native context of a Konva scene. */
function native(context: Konva.Context): CanvasRenderingContext2D {
  return context._context;
}

export function ImageCanvas({ image }: ImageCanvasProps) {
  const region = useRef<HTMLElement>(null);
  const stage = useRef<Konva.Stage>(null);
  const channels = useShownChannels(image);
  const size = useCanvasSize(region);
  const loading = useEditing(
    ({ document, session }) =>
      session?.imageId !== image.imageId || !document?.isLoaded(viewport.visibleArea()),
  );
  const painters = useMemo(() => createPainters(() => redraw(stage.current, 0)), []);

  const { x: width, y: height } = image.shape;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image is fitted even if it has the same size.
  useEffect(() => {
    viewport.setImage({ x: width, y: height });
  }, [image.imageId, width, height]);

  useEffect(() => {
    painters.view.current = { image, channels };
    redraw(stage.current, 0);
  }, [painters, image, channels]);

  useEffect(() => {
    if (!region.current) return;
    return listenToPointer(region.current, () => redraw(stage.current, 3));
  }, []);

  useEffect(() => followChanges(() => stage.current), []);

  useEffect(() => {
    window.limn = {
      imageToScreen: (x, y) => {
        const box = region.current?.getBoundingClientRect();
        const at = viewport.toScreen({ x, y });
        return { x: at.x + (box?.left ?? 0), y: at.y + (box?.top ?? 0) };
      },
      screenToImage: (x, y) => {
        const box = region.current?.getBoundingClientRect();
        return viewport.toImage({ x: x - (box?.left ?? 0), y: y - (box?.top ?? 0) });
      },
    };
    return () => {
      delete window.limn;
    };
  }, []);

  return (
    <section
      ref={region}
      className="canvas"
      aria-label={texts.canvas.region}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas takes keyboard focus for its tools.
      tabIndex={0}
      aria-busy={loading}
      data-image={image.imageId}
    >
      <Stage ref={stage} width={size.width} height={size.height} listening={false}>
        {painters.scenes.map((scene) => (
          <Layer key={scene.name} listening={false}>
            <Shape
              sceneFunc={(context) => scene.paint(native(context))}
              listening={false}
              perfectDrawEnabled={false}
            />
          </Layer>
        ))}
      </Stage>
      <PlaneStrip image={image} />
      <ScaleBar image={image} />
      <Minimap image={image} />
    </section>
  );
}

function redraw(stage: Konva.Stage | null, layer: 0 | 1 | 2 | 3): void {
  stage?.getLayers()[layer]?.batchDraw();
}

interface PaintedView {
  image: ImageInfo;
  channels: readonly ShownChannel[];
}

function createPainters(onPixels: () => void) {
  const view: { current: PaintedView | null } = { current: null };
  const tiles = new PixelTiles((error) => {
    if (error) showError(texts.errors.pixels, error);
    onPixels();
  });
  shareViewTiles(tiles);
  const imagePainter = new ImagePainter(tiles);
  const labelPainter = new LabelPainter();
  const paintImage = (context: CanvasRenderingContext2D) => {
    if (!view.current || view.current.channels.length === 0) return;
    const { t, z } = useWorkspace.getState();
    imagePainter.paint(context, viewport, { ...view.current, t, z });
  };
  const scenes = [
    { name: 'image', paint: paintImage },
    { name: 'overlays', paint: paintOverlays },
    { name: 'labels', paint: (context: CanvasRenderingContext2D) => paintLabels(context, labelPainter) },
    { name: 'front', paint: (context: CanvasRenderingContext2D) => paintFront(context, viewport) },
  ];
  return { view, scenes };
}

function paintOverlays(context: CanvasRenderingContext2D): void {
  const state = useWorkspace.getState();
  const weights = useWeightLayer.getState().layer;
  context.save();
  context.imageSmoothingEnabled = viewport.scale < 1;
  if (state.showWeightMap && weights) {
    context.globalAlpha = state.weightOpacity;
    drawImagePart(context, viewport, weights.picture, weights.area);
  }
  const prediction = usePredictionLayer.getState().layer;
  const isCurrent =
    prediction?.imageId === state.imageId && prediction?.t === state.t && prediction?.z === state.z;
  if (state.showPrediction && prediction && isCurrent) {
    context.globalAlpha = state.predictionOpacity;
    const picture = state.predictionView === 'objects' ? prediction.instances : prediction.probability;
    drawImagePart(context, viewport, picture, { x: 0, y: 0, w: prediction.shape.x, h: prediction.shape.y });
  }
  context.restore();
}

function paintLabels(context: CanvasRenderingContext2D, painter: LabelPainter): void {
  const { document, objects } = useEditing.getState();
  const { showLabels, selectedLabel, showWeightMap, showPrediction } = useWorkspace.getState();
  if (!document || !showLabels) return;
  const chosen = new Map<number, readonly [number, number, number]>();
  for (const row of objects) if (row.colour !== null) chosen.set(row.label, parseColour(row.colour));
  painter.paint(context, viewport, document, {
    selected: selectedLabel,
    fillOpacity: showWeightMap || showPrediction ? FILL_OVER_LAYERS : FILL,
    colourOf: colourLookup(chosen),
    colourKey: [...chosen].join(';'),
  });
}

/** What of the workspace changes how labels look. */
function labelLook(state: Workspace): string {
  return [state.showLabels, state.selectedLabel, state.showWeightMap, state.showPrediction].join();
}

/** Redraws just the layers that a change of view, labels, overlays or settings touches. */
function followChanges(stage: () => Konva.Stage | null): () => void {
  const stops = [
    viewport.subscribe(() => {
      for (const layer of [0, 1, 2, 3] as const) redraw(stage(), layer);
      void loadLabels();
    }),
    useEditing.subscribe((state, before) => {
      if (state.revision !== before.revision || state.objects !== before.objects) redraw(stage(), 2);
    }),
    useWeightLayer.subscribe(() => redraw(stage(), 1)),
    usePredictionLayer.subscribe(() => redraw(stage(), 1)),
    useWorkspace.subscribe((state, before) => {
      if (state.t !== before.t || state.z !== before.z) redraw(stage(), 0);
      redraw(stage(), 1);
      if (labelLook(state) !== labelLook(before)) redraw(stage(), 2);
    }),
  ];
  updateWorkspace({});
  return () => {
    for (const stop of stops) stop();
  };
}
