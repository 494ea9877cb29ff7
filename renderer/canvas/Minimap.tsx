/** The whole image small in the corner with the part in view marked; shown only while part of the image is out of view. */

import { useEffect, useRef } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const LONG_SIDE = 120;

export function Minimap({ image }: { image: ImageInfo }) {
  const element = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { x, y } = image.shape;
  const scale = LONG_SIDE / Math.max(x, y);

  // The view moves many times a second: it is written to the page directly, without React.
  useEffect(() => {
    const show = () => {
      const area = viewport.visibleArea();
      if (element.current) element.current.hidden = area.w >= x && area.h >= y;
      if (!frame.current) return;
      const { style } = frame.current;
      style.transform = `translate(${area.x * scale}px, ${area.y * scale}px)`;
      style.width = `${area.w * scale}px`;
      style.height = `${area.h * scale}px`;
    };
    show();
    return viewport.subscribe(show);
  }, [scale, x, y]);

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const stop = new AbortController();
    const go = (event: PointerEvent) => {
      if (event.buttons !== 1) return;
      const box = target.getBoundingClientRect();
      viewport.centreOn((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
    };
    target.addEventListener('pointerdown', go, { signal: stop.signal });
    target.addEventListener('pointermove', go, { signal: stop.signal });
    return () => stop.abort();
  }, [scale]);

  return (
    <div
      ref={element}
      className="minimap canvas-control"
      title={texts.canvas.minimap}
      style={{ width: x * scale, height: y * scale }}
    >
      <img src={links.thumbnail(image.imageId)} alt="" draggable={false} />
      <div ref={frame} className="minimap-view" />
    </div>
  );
}
