/** Planes taken apart by position modulo a step, which turns strided and dilated windows into plain ones. */

import type { Graph } from './graph.ts';
import { pad, reshape, slice, transpose } from './nodes.ts';
import { dimension, type Value } from './value.ts';

/** `[height, width]` of x: [batch, channels, height, width]. */
function planeOf(x: Value): [number, number] {
  return [dimension(x, 2), dimension(x, 3)];
}

/** Cuts x: [batch, channels, h, w] at the bottom and right, or adds zeros there, to the given plane. */
export function fitPlane(graph: Graph, x: Value, height: number, width: number): Value {
  const cut = slice(graph, x, [
    { axis: 2, start: 0, end: Math.min(height, dimension(x, 2)) },
    { axis: 3, start: 0, end: Math.min(width, dimension(x, 3)) },
  ]);
  const [h, w] = planeOf(cut);
  return pad(graph, cut, [0, 0, 0, 0], [0, 0, height - h, width - w]);
}

/**
 * x: [batch, channels, step·h, step·w] → [batch, channels, step, step, h, w]; element (a, b, i, j) of a plane is the
 * plane's pixel (step·i + a, step·j + b).
 */
export function splitPhases(graph: Graph, x: Value, step: number): Value {
  const [batch, channels] = [dimension(x, 0), dimension(x, 1)];
  const [h, w] = planeOf(x).map((side) => side / step) as [number, number];
  const blocks = reshape(graph, x, [batch, channels, h, step, w, step]);
  return transpose(graph, blocks, [0, 1, 3, 5, 2, 4]);
}

/** The inverse of {@link splitPhases}: [batch, channels, step, step, h, w] → [batch, channels, step·h, step·w]. */
export function joinPhases(graph: Graph, phases: Value): Value {
  const [batch, channels, step, , h, w] = phases.shape as [number, number, number, number, number, number];
  const blocks = transpose(graph, phases, [0, 1, 4, 2, 5, 3]);
  return reshape(graph, blocks, [batch, channels, h * step, w * step]);
}

/** x: [batch, channels, step·h, step·w] → [step²·batch, channels, h, w], one image a phase. */
export function phasesAsImages(graph: Graph, x: Value, step: number): Value {
  const [batch, channels] = [dimension(x, 0), dimension(x, 1)];
  const [h, w] = planeOf(x).map((side) => side / step) as [number, number];
  const phases = transpose(graph, splitPhases(graph, x, step), [2, 3, 0, 1, 4, 5]);
  return reshape(graph, phases, [step * step * batch, channels, h, w]);
}

/** x: [batch, channels, step·h, step·w] → [batch, channels·step², h, w], the phases of a channel side by side. */
export function phasesAsChannels(graph: Graph, x: Value, step: number): Value {
  const [batch, channels] = [dimension(x, 0), dimension(x, 1)];
  const [h, w] = planeOf(x).map((side) => side / step) as [number, number];
  return reshape(graph, splitPhases(graph, x, step), [batch, channels * step * step, h, w]);
}

/** Zeros between pixels: [batch, channels, h, w] → [batch, channels, step·(h − 1) + 1, step·(w − 1) + 1]. */
export function spreadPixels(graph: Graph, x: Value, step: number): Value {
  if (step === 1) return x;
  const [batch, channels] = [dimension(x, 0), dimension(x, 1)];
  const [h, w] = planeOf(x);
  const alone = reshape(graph, x, [batch, channels, h, 1, w, 1]);
  const apart = pad(graph, alone, [0, 0, 0, 0, 0, 0], [0, 0, 0, step - 1, 0, step - 1]);
  const whole = reshape(graph, apart, [batch, channels, h * step, w * step]);
  return fitPlane(graph, whole, step * (h - 1) + 1, step * (w - 1) + 1);
}
