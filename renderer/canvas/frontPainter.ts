/** Draws what moves with the pointer: the cursor ring in image pixels and the outline of a shape in the air. */

import { currentTool } from '../state/tools.ts';
import { SIZED_TOOLS, useWorkspace } from '../state/workspace.ts';
import { cursor } from './pointerInput.ts';
import type { Viewport } from './viewport.ts';
import { paintWeightReading } from './weightReadingLines.ts';

/** Every line twice, dark under light, so that it is seen on any image. */
function strokeTwice(context: CanvasRenderingContext2D): void {
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 65%)';
  context.stroke();
  context.lineWidth = 1.25;
  context.strokeStyle = 'rgb(255 255 255 / 95%)';
  context.stroke();
}

export function paintFront(context: CanvasRenderingContext2D, viewport: Viewport): void {
  const preview = currentTool()?.preview();
  if (preview && preview.points.length > 0) {
    context.beginPath();
    preview.points.forEach((point, i) => {
      const { x, y } = viewport.toScreen(point);
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    if (preview.closed) context.closePath();
    strokeTwice(context);
  }
  frameReviewPlace(context, viewport);
  paintWeightReading(context, viewport, strokeTwice);
  const { tool, brushSize } = useWorkspace.getState();
  if (!cursor.at || !SIZED_TOOLS.has(tool)) return;
  const radius = Math.max(2, (brushSize / 2) * viewport.scale);
  context.beginPath();
  context.arc(cursor.at.x, cursor.at.y, radius, 0, 2 * Math.PI);
  strokeTwice(context);
}

/** A frame around the place that the walk through unsure places and mistakes has come to. */
function frameReviewPlace(context: CanvasRenderingContext2D, viewport: Viewport): void {
  const { reviewPlace, imageId, t, z } = useWorkspace.getState();
  if (reviewPlace?.imageId !== imageId || reviewPlace?.t !== t || reviewPlace.z !== z) return;
  const { area } = reviewPlace;
  const from = viewport.toScreen({ x: area.x - 0.5, y: area.y - 0.5 });
  context.beginPath();
  context.rect(from.x - 3, from.y - 3, area.w * viewport.scale + 6, area.h * viewport.scale + 6);
  strokeTwice(context);
}
