/** Simulated fluorescence microscopy: crowded, touching nuclei with exact ground truth, for samples and tests. */

import { connectedComponents } from '../connectedComponents.ts';
import { gaussianFilter } from '../gaussianFilter.ts';
import type { ShapeYX } from '../geometry.ts';
import { createRandom, type Random } from '../random.ts';
import { drawPoisson, noiseField } from './noiseField.ts';
import { drawNucleus, type Nucleus, nucleolarDarkness, reachOf, relativeRadius } from './nucleusShape.ts';

/** Which image of which series. */
export interface SimulationRequest {
  /** Any shape from 1 × 1 px. */
  shape: ShapeYX;
  seed: number;
  /** Number of the image in its series; each is another field of view. */
  index: number;
}

/** Pixels of plane a nucleus, before the crowding is thinned by overlaps. */
const AREA_PER_NUCLEUS_PX = 2300;
/** Part of the nuclei that are set against an earlier one. */
const CROWDING = 0.62;
/** Largest part of a new nucleus that may lie on earlier ones. */
const LARGEST_OVERLAP = 0.13;
/** Nuclei, or what the border leaves of them, with fewer pixels do not exist. */
const SMALLEST_AREA_PX = 24;

const BACKGROUND = 150;
/** Grey values a photo-electron. */
const GAIN = 2.6;
const READ_NOISE = 5;

/**
 * Simulates one field of nuclei stained for DNA: superellipses with uneven outlines, set against each other; chromatin
 * texture and nucleoli; a sharp and a hazy part of the point spread function; uneven illumination; Poisson and read
 * noise. Where two outlines overlap, a pixel belongs to the nucleus in which it lies deeper.
 *
 * @returns `image` `[y, x]` grey values; `labels` `[y, x]` 0 background, 1…N, each one 4-connected part. The same
 * request gives the same pixels
 */
export function simulateNuclei({ shape, seed, index }: SimulationRequest): {
  image: Uint16Array;
  labels: Uint32Array;
} {
  const random = createRandom(seed, index, 1);
  const field = new NucleusField(shape);
  const wanted = (shape.y * shape.x * (0.8 + 0.5 * random.next())) / AREA_PER_NUCLEUS_PX;
  for (let attempt = 0; attempt < 12 * wanted && field.nuclei.length < wanted; attempt++) {
    field.place(drawNucleus(random), random);
  }
  const labels = field.groundTruth();
  const image = photograph(field, labels, shape, random);
  return { image, labels };
}

/** Nuclei set on a plane: who owns each pixel, and how deep it lies in its owner. */
class NucleusField {
  readonly nuclei: Nucleus[] = [];
  /** Number in `nuclei` + 1, 0 for none. */
  readonly owner: Uint32Array;
  /** Relative radius in the owner. */
  readonly radius: Float32Array;
  private readonly shape: ShapeYX;

  constructor(shape: ShapeYX) {
    this.shape = shape;
    this.owner = new Uint32Array(shape.y * shape.x);
    this.radius = new Float32Array(shape.y * shape.x).fill(Infinity);
  }

  /** Sets a nucleus somewhere or against an earlier one; gives up where it would lie too much on others. */
  place(nucleus: Nucleus, random: Random): void {
    const { shape, nuclei } = this;
    const free = nuclei.length === 0 || random.next() > CROWDING;
    if (free) {
      nucleus.centre = { y: random.next() * shape.y, x: random.next() * shape.x };
    } else {
      const neighbour = nuclei[random.integer(nuclei.length)]!;
      const direction = 2 * Math.PI * random.next();
      const distance =
        (neighbour.long + neighbour.short + nucleus.long + nucleus.short) *
        0.5 *
        (0.9 + 0.12 * random.next());
      nucleus.centre = {
        y: neighbour.centre.y + distance * Math.sin(direction),
        x: neighbour.centre.x + distance * Math.cos(direction),
      };
    }
    const covered = this.rasterise(nucleus);
    const taken = covered.reduce((sum, { pixel }) => sum + (this.owner[pixel] !== 0 ? 1 : 0), 0);
    if (covered.length < SMALLEST_AREA_PX || taken > LARGEST_OVERLAP * covered.length) return;
    nuclei.push(nucleus);
    for (const { pixel, radius } of covered) {
      if (radius >= this.radius[pixel]!) continue;
      this.owner[pixel] = nuclei.length;
      this.radius[pixel] = radius;
    }
  }

  private rasterise(nucleus: Nucleus): { pixel: number; radius: number }[] {
    const { shape } = this;
    const reach = reachOf(nucleus);
    const { centre } = nucleus;
    const covered: { pixel: number; radius: number }[] = [];
    const bottom = Math.min(shape.y - 1, Math.ceil(centre.y + reach));
    const right = Math.min(shape.x - 1, Math.ceil(centre.x + reach));
    for (let y = Math.max(0, Math.floor(centre.y - reach)); y <= bottom; y++) {
      for (let x = Math.max(0, Math.floor(centre.x - reach)); x <= right; x++) {
        const radius = relativeRadius(nucleus, y, x);
        if (radius <= 1) covered.push({ pixel: y * shape.x + x, radius });
      }
    }
    return covered;
  }

  /** Labels 1…N: the largest part of each nucleus; crumbs leave `owner` as well. */
  groundTruth(): Uint32Array {
    const { owner, shape } = this;
    const { labels: parts, count } = connectedComponents(owner, shape, 4);
    const areas = new Uint32Array(count + 1);
    const ownerOf = new Uint32Array(count + 1);
    for (let i = 0; i < parts.length; i++) {
      areas[parts[i]!]!++;
      ownerOf[parts[i]!] = owner[i]!;
    }
    const largest = new Uint32Array(this.nuclei.length + 1);
    for (let part = 1; part <= count; part++) {
      const nucleus = ownerOf[part]!;
      const best = largest[nucleus]!;
      if (areas[part]! >= SMALLEST_AREA_PX && (best === 0 || areas[part]! > areas[best]!))
        largest[nucleus] = part;
    }
    const labels = new Uint32Array(parts.length);
    const numbers = new Uint32Array(count + 1);
    let objects = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (part === 0) continue;
      if (largest[ownerOf[part]!] !== part) {
        owner[i] = 0;
        continue;
      }
      if (numbers[part] === 0) numbers[part] = ++objects;
      labels[i] = numbers[part]!;
    }
    return labels;
  }
}

/** Fluorescence, optics, illumination and camera. */
function photograph(field: NucleusField, labels: Uint32Array, shape: ShapeYX, random: Random): Uint16Array {
  const fine = noiseField(random, shape, 2.5);
  const coarse = noiseField(random, shape, 7);
  const light = new Float32Array(labels.length);
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      if (labels[i] === 0) continue;
      const nucleus = field.nuclei[field.owner[i]! - 1]!;
      const radius = field.radius[i]!;
      const thickness = 1 - 0.38 * radius ** 4;
      const chromatin = 1 + nucleus.texture * (0.75 * fine[i]! + coarse[i]!);
      const nucleoli = 1 - 0.38 * nucleolarDarkness(nucleus, y, x);
      light[i] = nucleus.brightness * thickness * Math.max(0.2, chromatin) * nucleoli;
    }
  }
  addDebris(light, shape, random);
  const sharp = gaussianFilter(light, shape, 1.1 + 0.3 * random.next());
  const haze = gaussianFilter(light, shape, 9);
  const stain = noiseField(random, shape, 90);
  const lampY = shape.y * (0.3 + 0.4 * random.next());
  const lampX = shape.x * (0.3 + 0.4 * random.next());
  const falloff = 0.35 / (shape.y * shape.y + shape.x * shape.x);
  const image = new Uint16Array(labels.length);
  for (let y = 0, i = 0; y < shape.y; y++) {
    for (let x = 0; x < shape.x; x++, i++) {
      const lamp = 1 - falloff * 2 * ((y - lampY) ** 2 + (x - lampX) ** 2);
      const glow = BACKGROUND * 0.3 * (1 + 0.25 * stain[i]!);
      const signal = lamp * (0.88 * sharp[i]! + 0.12 * haze[i]! + Math.max(0, glow));
      const electrons = drawPoisson(random, signal / GAIN);
      const value = BACKGROUND * 0.75 + GAIN * electrons + READ_NOISE * random.normal();
      image[i] = Math.min(65535, Math.max(0, Math.round(value)));
    }
  }
  return image;
}

/** A few dim specks that are no nuclei. */
function addDebris(light: Float32Array, shape: ShapeYX, random: Random): void {
  const specks = Math.round((shape.y * shape.x) / 40000);
  for (let k = 0; k < specks; k++) {
    const centreY = random.integer(shape.y);
    const centreX = random.integer(shape.x);
    const brightness = 120 + 260 * random.next();
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const y = centreY + dy;
        const x = centreX + dx;
        if (y < 0 || x < 0 || y >= shape.y || x >= shape.x || light[y * shape.x + x]! > 0) continue;
        light[y * shape.x + x] = brightness * (dy === 0 && dx === 0 ? 1 : 0.5);
      }
    }
  }
}
