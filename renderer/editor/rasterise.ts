/** Shapes to runs of pixels: a brush's capsule and a polygon, in coordinates where a pixel's centre is a whole number. */

export interface Point {
  x: number;
  y: number;
}

/** Receives the pixels `x0 … x1` (inclusive) of row `y`. */
export type RunSink = (y: number, x0: number, x1: number) => void;

/**
 * Pixels whose centre is within `diameterPx / 2` of the segment `from … to`: the trace of a round brush.
 * The pixel nearest to each end always belongs to it, so that a 1 px brush leaves no gap.
 */
export function rasteriseStroke(from: Point, to: Point, diameterPx: number, emit: RunSink): void {
  const radius = Math.max(0.5, diameterPx / 2);
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy);
  const nx = length > 0 ? (-dy / length) * radius : 0;
  const ny = length > 0 ? (dx / length) * radius : 0;
  const corners: Point[] = [
    { x: from.x + nx, y: from.y + ny },
    { x: to.x + nx, y: to.y + ny },
    { x: to.x - nx, y: to.y - ny },
    { x: from.x - nx, y: from.y - ny },
  ];
  const top = Math.ceil(Math.min(from.y, to.y) - radius);
  const bottom = Math.floor(Math.max(from.y, to.y) + radius);
  for (let y = top; y <= bottom; y++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const end of [from, to]) {
      const square = radius * radius - (y - end.y) * (y - end.y);
      if (square < 0) continue;
      const half = Math.sqrt(square);
      low = Math.min(low, end.x - half);
      high = Math.max(high, end.x + half);
    }
    if (length > 0) {
      for (let i = 0; i < 4; i++) {
        const a = corners[i]!;
        const b = corners[(i + 1) & 3]!;
        if (a.y === b.y || y < Math.min(a.y, b.y) || y > Math.max(a.y, b.y)) continue;
        const x = a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x);
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    const first = Math.ceil(low - 1e-9);
    const last = Math.floor(high + 1e-9);
    if (first <= last) emit(y, first, last);
  }
  for (const end of [from, to]) {
    const x = Math.round(end.x);
    emit(Math.round(end.y), x, x);
  }
}

/** Pixels whose centre lies inside the closed polygon (even–odd rule). Fewer than three points give nothing. */
export function rasterisePolygon(points: readonly Point[], emit: RunSink): void {
  if (points.length < 3) return;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    top = Math.min(top, point.y);
    bottom = Math.max(bottom, point.y);
  }
  for (let y = Math.ceil(top); y <= Math.floor(bottom); y++) {
    const crossings: number[] = [];
    for (let i = 0; i < points.length; i++) {
      const a = points[i]!;
      const b = points[(i + 1) % points.length]!;
      // Half-open in y, so that a vertex counts once.
      if (a.y <= y === b.y <= y) continue;
      crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.ceil(crossings[i]!);
      const last = Math.ceil(crossings[i + 1]!) - 1;
      if (first <= last) emit(y, first, last);
    }
  }
}
