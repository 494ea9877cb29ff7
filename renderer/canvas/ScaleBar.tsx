/** A bar of a round length in micrometres (or pixels where the pixel size is unknown) over the image's corner. */

import { useEffect, useRef } from 'react';
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
  const line = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  const sizeUm = image.pixelSizeUm?.x;

  // Zooming goes past many lengths: they are written to the page directly, without React.
  useEffect(() => {
    let shown = 0;
    const show = () => {
      const { scale } = viewport;
      if (scale === shown) return;
      shown = scale;
      const unitPerPixel = sizeUm ?? 1;
      const length = roundLength((WIDEST / scale) * unitPerPixel);
      if (line.current) line.current.style.width = `${(length / unitPerPixel) * scale}px`;
      const number = Number(length.toPrecision(3)).toLocaleString('en');
      if (text.current) text.current.textContent = `${number} ${sizeUm === undefined ? 'px' : 'µm'}`;
    };
    show();
    return viewport.subscribe(show);
  }, [sizeUm]);

  return (
    <div className="scale-bar" aria-hidden="true">
      <div ref={line} className="scale-bar-line" />
      <span ref={text} />
    </div>
  );
}
