/** Outline and brightness of one simulated nucleus: a superellipse with an uneven boundary. */

import type { ShapeYX } from '../geometry.ts';
import type { Random } from '../random.ts';

const HARMONICS = [2, 3, 4, 5];

/** One nucleus. */
export interface Nucleus {
  centre: ShapeYX;
  /** Semi-axes, px. */
  long: number;
  short: number;
  cos: number;
  sin: number;
  /** Exponent of the superellipse: 2 is an ellipse, more is squarer. */
  exponent: number;
  /** Boundary waves as (harmonic, amplitude, phase). */
  waves: { harmonic: number; amplitude: number; phase: number }[];
  /** Peak brightness above background, grey values. */
  brightness: number;
  /** Strength of its chromatin texture. */
  texture: number;
  /** Dark nucleoli: position in the nucleus' frame and radius, px. */
  nucleoli: { u: number; v: number; radius: number }[];
}

/** Draws a nucleus at the origin. Areas are about those of U2OS nuclei at 20×; one in twenty-five is condensed. */
export function drawNucleus(random: Random): Nucleus {
  const condensed = random.next() < 0.04;
  const size = (condensed ? 0.62 : 1) * Math.exp(0.16 * random.normal());
  const long = 16.5 * size;
  const short = long * (0.52 + 0.42 * random.next());
  const angle = 2 * Math.PI * random.next();
  const waves = HARMONICS.map((harmonic) => ({
    harmonic,
    amplitude: (0.075 / harmonic) * random.normal(),
    phase: 2 * Math.PI * random.next(),
  }));
  const brightness = 620 * Math.exp(0.32 * random.normal()) * (condensed ? 2.1 : 1);
  const nucleoli = Array.from({ length: condensed ? 0 : random.integer(4) }, () => ({
    u: (random.next() - 0.5) * long,
    v: (random.next() - 0.5) * short,
    radius: 1.8 + 1.6 * random.next(),
  }));
  return {
    centre: { y: 0, x: 0 },
    long,
    short,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    exponent: 2 + 0.7 * random.next(),
    waves,
    brightness,
    texture: condensed ? 0.06 : 0.1 + 0.08 * random.next(),
    nucleoli,
  };
}

/** Largest distance of the outline from the centre, px. */
export function reachOf(nucleus: Nucleus): number {
  return nucleus.long * (1.2 + nucleus.waves.reduce((sum, { amplitude }) => sum + Math.abs(amplitude), 0));
}

/** Radius of a position relative to the outline in its direction: 0 in the centre, 1 on the outline. */
export function relativeRadius(nucleus: Nucleus, y: number, x: number): number {
  const dy = y - nucleus.centre.y;
  const dx = x - nucleus.centre.x;
  const u = (nucleus.cos * dx + nucleus.sin * dy) / nucleus.long;
  const v = (nucleus.cos * dy - nucleus.sin * dx) / nucleus.short;
  const radius =
    (Math.abs(u) ** nucleus.exponent + Math.abs(v) ** nucleus.exponent) ** (1 / nucleus.exponent);
  const direction = Math.atan2(v, u);
  let outline = 1;
  for (const { harmonic, amplitude, phase } of nucleus.waves) {
    outline += amplitude * Math.cos(harmonic * direction + phase);
  }
  return radius / outline;
}

/** How much its nucleoli darken a position, 0…1. */
export function nucleolarDarkness(nucleus: Nucleus, y: number, x: number): number {
  const dy = y - nucleus.centre.y;
  const dx = x - nucleus.centre.x;
  const u = nucleus.cos * dx + nucleus.sin * dy;
  const v = nucleus.cos * dy - nucleus.sin * dx;
  let darkness = 0;
  for (const spot of nucleus.nucleoli) {
    const square = ((u - spot.u) ** 2 + (v - spot.v) ** 2) / (spot.radius * spot.radius);
    if (square < 9) darkness += Math.exp(-square);
  }
  return Math.min(1, darkness);
}
