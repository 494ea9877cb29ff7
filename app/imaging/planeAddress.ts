/** The check that every reader makes before it looks for a plane. */
import { LimnError } from '../errors.ts';
import type { ImageDescription } from './image.ts';
import { fileNameOf } from './imageErrors.ts';

/** Throws InvalidInput for a plane that an image does not have. */
export function requirePlane(
  path: string,
  description: ImageDescription,
  t: number,
  z: number,
  c: number,
): void {
  const { shape } = description;
  const inside = (value: number, size: number) => Number.isInteger(value) && value >= 0 && value < size;
  if (inside(t, shape.t) && inside(z, shape.z) && inside(c, shape.c)) return;
  throw new LimnError(
    'InvalidInput',
    `“${fileNameOf(path)}” has no plane t ${t}, z ${z}, channel ${c}; it has ${shape.t} × ${shape.z} × ${shape.c} planes (t × z × channel), counted from 0.`,
    { fields: { path, t, z, c } },
  );
}
