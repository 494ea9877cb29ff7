/** Draws d1 and d2 of the weight under the pointer: lines to the nearest pixels of the two nearest objects. */

import { weightReading } from '../state/weightReading.ts';
import type { Viewport } from './viewport.ts';

/** Length of a name's distance from its line, screen px. */
const NAME_GAP = 9;

export function paintWeightReading(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  strokeTwice: (context: CanvasRenderingContext2D) => void,
): void {
  const reading = weightReading();
  if (!reading || reading.near.length < 2) return;
  const from = viewport.toScreen(reading.at);
  reading.near.forEach((pixel, i) => {
    const to = viewport.toScreen(pixel);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    strokeTwice(context);
    context.beginPath();
    context.arc(to.x, to.y, 2.5, 0, 2 * Math.PI);
    strokeTwice(context);
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    // Beyond the line's end, so that short lines keep their names apart.
    const x = to.x + ((to.x - from.x) / length) * NAME_GAP;
    const y = to.y + ((to.y - from.y) / length) * NAME_GAP;
    context.font = '600 12px system-ui, sans-serif';
    context.textAlign = to.x >= from.x ? 'left' : 'right';
    context.textBaseline = 'middle';
    const name = `d${i + 1} ${pixel.distance.toFixed(1)}`;
    context.lineWidth = 3;
    context.strokeStyle = 'rgb(0 0 0 / 75%)';
    context.strokeText(name, x, y);
    context.fillStyle = '#fff';
    context.fillText(name, x, y);
  });
}
