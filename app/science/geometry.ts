/** The shape of a plane, the one geometric type that every function of this folder shares. */

/** Rows and columns of a plane; pixels are row-major, so pixel (y, x) stands at `y * shape.x + x`. */
export interface ShapeYX {
  y: number;
  x: number;
}
