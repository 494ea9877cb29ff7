/** The canvas: four stacked layers (image, weight map and prediction, labels, cursor) under one pointer listener. */

import type Konva from 'konva';
import { useEffect, useMemo, useRef } from 'react';
import { Layer, Shape, Stage } from 'react-konva';
import type { ImageInfo } from '../../app/api/types.ts';
import type { PixelRect } from '../editor/paintableTiles.ts';
import { useEditing } from '../state/editing.ts';
import { weightAt } from '../state/weightMapLayer.ts';
import { viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';
import { CanvasScenes, type LayerName } from './canvasScenes.ts';
import { Minimap } from './Minimap.tsx';
import { PlaneStrip } from './PlaneStrip.tsx';
import { listenToPointer } from './pointerInput.ts';
import { ScaleBar } from './ScaleBar.tsx';
import { useChannelStatistics } from './shownChannels.ts';
import { useCanvasSize } from './useCanvasSize.ts';

interface ImageCanvasProps {
  image: ImageInfo;
}

export function ImageCanvas({ image }: ImageCanvasProps) {
  const region = useRef<HTMLElement>(null);
  const stage = useRef<Konva.Stage>(null);
  useChannelStatistics(image);
  const size = useCanvasSize(region);
  const loading = useEditing(
    ({ labels, session }) => session?.imageId !== image.imageId || !labels?.isComplete,
  );
  const frames = useMemo(() => new Frames(() => stage.current), []);
  const scenes = useMemo(() => new CanvasScenes((layer) => frames.redraw(layer)), [frames]);

  const { x: width, y: height } = image.shape;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image is fitted even if it has the same size.
  useEffect(() => {
    viewport.setImage({ x: width, y: height });
  }, [image.imageId, width, height]);

  useEffect(() => {
    scenes.image = image;
    frames.redraw('image');
  }, [scenes, frames, image]);

  useEffect(() => {
    if (!region.current) return;
    return listenToPointer(region.current, () => frames.redraw('front'));
  }, [frames]);

  useEffect(
    () => scenes.follow((part) => frames.redrawPart('labels', part, scenes.paintLabels.bind(scenes))),
    [scenes, frames],
  );

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
      weightAt,
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
        {scenes.scenes.map((scene) => (
          <Layer key={scene.name} name={scene.name} listening={false}>
            <Shape
              sceneFunc={(context) => {
                frames.noteDrawn(scene.name);
                scene.paint(context._context);
              }}
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

/** Draws layers of a stage again: whole with the next frame, or a part at once where the layer is not to be drawn whole anyway. */
class Frames {
  readonly #stage: () => Konva.Stage | null;
  readonly #pending = new Set<LayerName>();

  constructor(stage: () => Konva.Stage | null) {
    this.#stage = stage;
  }

  redraw(layer: LayerName): void {
    this.#pending.add(layer);
    this.#layer(layer)?.batchDraw();
  }

  noteDrawn(layer: LayerName): void {
    this.#pending.delete(layer);
  }

  /** Clears and paints a rectangle of the layer, screen px. */
  redrawPart(
    name: LayerName,
    part: PixelRect,
    paint: (context: CanvasRenderingContext2D, part: PixelRect) => void,
  ): void {
    const context = this.#layer(name)?.getCanvas().getContext()._context;
    if (!context || this.#pending.has(name)) return;
    context.save();
    context.beginPath();
    context.rect(part.x, part.y, part.w, part.h);
    context.clip();
    context.clearRect(part.x, part.y, part.w, part.h);
    paint(context, part);
    context.restore();
  }

  #layer(name: LayerName): Konva.Layer | undefined {
    return this.#stage()
      ?.getLayers()
      .find((layer) => layer.name() === name);
  }
}
