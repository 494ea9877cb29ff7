/** Size and type of planes and tiles before they are read, so that headers can go first and wrong places are refused. */

import { LimnError } from '../errors.ts';
import type { NumberType } from '../imaging/image.ts';
import { type PlaneShape, tileRectangle } from '../labels/tiles.ts';
import type { PixelTileAddress } from '../services/imageService.ts';
import type { Project } from '../services/project.ts';
import { levelCount, levelShape } from '../store/pyramidLevels.ts';

/** Throws NotFound for an image, plane, level or tile that is not there. float16 travels as 32-bit numbers. */
export function describeTile(
  project: Project,
  at: PixelTileAddress,
): { shape: PlaneShape; type: NumberType } {
  const { shape, numberType } = project.store.images.get(at.imageId);
  const tile = describeLabelTile(project, at);
  if (at.c >= shape.c) throw noSuchTile(project, at);
  return { shape: tile, type: numberType === 'float16' ? 'float32' : numberType };
}

/** Size of a tile of a plane's level, clipped to it. Throws NotFound for an image, plane, level or tile that is not there. */
export function describeLabelTile(project: Project, at: Omit<PixelTileAddress, 'c'>): PlaneShape {
  const { shape } = project.store.images.get(at.imageId);
  const tile = tileRectangle(levelShape(shape, at.level), at.ty, at.tx);
  const inside = at.t < shape.t && at.z < shape.z && at.level < levelCount(shape);
  if (!inside || tile.w === 0 || tile.h === 0) throw noSuchTile(project, at);
  return { y: tile.h, x: tile.w };
}

function noSuchTile(project: Project, at: Omit<PixelTileAddress, 'c'>): LimnError {
  const { name } = project.store.images.get(at.imageId);
  return new LimnError('NotFound', `Image “${name}” has no such tile; reload it.`, { fields: { ...at } });
}

/** Size of a plane of an image. Throws NotFound for an image or plane that is not there. */
export function describePlane(project: Project, imageId: number, t: number, z: number): PlaneShape {
  const { shape, name } = project.store.images.get(imageId);
  if (t >= shape.t || z >= shape.z) {
    throw new LimnError('NotFound', `Image “${name}” has no plane t${t} z${z}; choose another.`, {
      fields: { imageId, t, z },
    });
  }
  return { y: shape.y, x: shape.x };
}
