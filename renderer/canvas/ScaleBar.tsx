/** A bar of a round length in micrometres (or pixels where the pixel size is unknown) over the image's corner. */

import { useSyncExternalStore } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { viewport } from '../state/workspace.ts';

const ROUND_LENGTHS = [1, 2, 5];
const WIDEST = 130;

/** Largest round length (1, 2 or 5 times a power of ten) that is at most `limit`. */
export function roundLength(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit));
  const factor = ROUND_LENGTHS.findLast((candidate) => candidate * power <= limit * (1 + 1e-9)) ?? 1;
  return factor * power;
}

export function ScaleBar({ image }: { image: ImageInfo }) {
  useSyncExternalStore(
    (listener) => viewport.subscribe(listener),
    () => viewport.scale,
  );
  const unitPerPixel = image.pixelSizeUm?.x ?? 1;
  const length = roundLength((WIDEST / viewport.scale) * unitPerPixel);
  const width = (length / unitPerPixel) * viewport.scale;
  const unit = image.pixelSizeUm ? 'µm' : 'px';
  return (
    <div className="scale-bar" aria-hidden="true">
      <div className="scale-bar-line" style={{ width }} />
      <span>
        {Number(length.toPrecision(3)).toLocaleString('en')} {unit}
      </span>
    </div>
  );
}
