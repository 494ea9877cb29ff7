/** What is inside the cells of a simulated tissue section: vesicles and mitochondria, drawn so as to be no membranes. */

import type { ShapeYX } from '../geometry.ts';
import type { Random } from '../random.ts';

/** Multiplies brightness around a centre by what a profile of the distance says. */
function darken(
  ink: Float32Array,
  shape: ShapeYX,
  centre: ShapeYX,
  reach: number,
  darknessAt: (dy: number, dx: number) => number,
): void {
  const bottom = Math.min(shape.y - 1, Math.floor(centre.y + reach));
  const right = Math.min(shape.x - 1, Math.floor(centre.x + reach));
  for (let y = Math.max(0, Math.ceil(centre.y - reach)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.ceil(centre.x - reach)); x <= right; x++) {
      const i = y * shape.x + x;
      ink[i] = ink[i]! - darknessAt(y - centre.y, x - centre.x);
    }
  }
}

/**
 * Small dark rings, in some cells many.
 *
 * @param ink `[y, x]` brightness 0…1, changed in place
 * @param toBorder `[y, x]` distance to the cell's border, px
 * @param cell `[y, x]` number of the cell
 */
export function paintVesicles(
  ink: Float32Array,
  toBorder: Float32Array,
  cell: Uint32Array,
  shape: ShapeYX,
  random: Random,
): void {
  const crowded = new Map<number, boolean>();
  const attempts = Math.round((shape.y * shape.x) / 90);
  for (let k = 0; k < attempts; k++) {
    const centre = { y: random.integer(shape.y), x: random.integer(shape.x) };
    const chance = random.next();
    const radius = 2 + 1.6 * random.next();
    const strength = 0.1 + 0.14 * random.next();
    const at = centre.y * shape.x + centre.x;
    const number = cell[at]!;
    let many = crowded.get(number);
    if (many === undefined) {
      many = random.next() < 0.3;
      crowded.set(number, many);
    }
    if (toBorder[at]! < radius + 4 || chance > (many ? 0.75 : 0.16)) continue;
    darken(ink, shape, centre, radius + 3, (dy, dx) => {
      const distance = Math.sqrt(dy * dy + dx * dx) - radius;
      return strength * Math.exp(-distance * distance);
    });
  }
}

/**
 * Dark ellipses with an outline and bent cristae, in cells that have room.
 *
 * @param ink `[y, x]` brightness 0…1, changed in place
 * @param toBorder `[y, x]` distance to the cell's border, px
 */
export function paintMitochondria(
  ink: Float32Array,
  toBorder: Float32Array,
  shape: ShapeYX,
  random: Random,
): void {
  const attempts = Math.round((shape.y * shape.x) / 1800);
  const placed: (ShapeYX & { long: number })[] = [];
  for (let k = 0; k < attempts; k++) {
    const centre = { y: random.integer(shape.y), x: random.integer(shape.x) };
    const room = toBorder[centre.y * shape.x + centre.x]!;
    const short = room * (0.55 + 0.25 * random.next());
    const long = Math.min(room * 0.95, short * (1.1 + 0.5 * random.next()));
    const angle = Math.PI * random.next();
    const spacing = 4.5 + 1.5 * random.next();
    const bend = 2 + 2 * random.next();
    const phase = 2 * Math.PI * random.next();
    const chance = random.next();
    if (room < 13 || chance > 0.6) continue;
    if (placed.some((other) => Math.hypot(other.y - centre.y, other.x - centre.x) < other.long + long + 4))
      continue;
    placed.push({ ...centre, long });
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    darken(ink, shape, centre, long + 4, (dy, dx) => {
      const u = cos * dx + sin * dy;
      const v = cos * dy - sin * dx;
      const depth = (1 - Math.sqrt((u / long) ** 2 + (v / short) ** 2)) * short;
      if (depth < -3) return 0;
      const inside = 1 / (1 + Math.exp(-2.5 * depth));
      const cristae = 0.5 + 0.5 * Math.sin((2 * Math.PI * (u + bend * Math.sin(v / 7 + phase))) / spacing);
      return inside * (0.12 + 0.15 * cristae) + 0.16 * Math.exp(-0.7 * depth * depth);
    });
  }
}
