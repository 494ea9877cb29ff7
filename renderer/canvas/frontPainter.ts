/** Draws what moves with the pointer: the cursor ring in image pixels and the outline of a shape in the air. */

import { currentTool } from '../state/tools.ts';
import { SIZED_TOOLS, useWorkspace } from '../state/workspace.ts';
import { cursor } from './pointerInput.ts';
import type { Viewport } from './viewport.ts';

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
  const { tool, brushSize } = useWorkspace.getState();
  if (!cursor.at || !SIZED_TOOLS.has(tool)) return;
  const radius = Math.max(2, (brushSize / 2) * viewport.scale);
  context.beginPath();
  context.arc(cursor.at.x, cursor.at.y, radius, 0, 2 * Math.PI);
  strokeTwice(context);
}
