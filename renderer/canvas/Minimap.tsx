/** The whole image small in the corner with the part in view marked; shown only while part of the image is out of view. */

import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const LONG_SIDE = 120;

export function Minimap({ image }: { image: ImageInfo }) {
  useSyncExternalStore(
    (listener) => viewport.subscribe(listener),
    () => viewport.revision,
  );
  const element = useRef<HTMLDivElement>(null);
  const { x, y } = image.shape;
  const scale = LONG_SIDE / Math.max(x, y);
  const area = viewport.visibleArea();
  const hidden = area.w >= x && area.h >= y;

  useEffect(() => {
    const target = element.current;
    if (!target || hidden) return;
    const stop = new AbortController();
    const go = (event: PointerEvent) => {
      if (event.buttons !== 1) return;
      const box = target.getBoundingClientRect();
      viewport.centreOn((event.clientX - box.left) / scale, (event.clientY - box.top) / scale);
    };
    target.addEventListener('pointerdown', go, { signal: stop.signal });
    target.addEventListener('pointermove', go, { signal: stop.signal });
    return () => stop.abort();
  }, [scale, hidden]);

  if (hidden) return null;
  return (
    <div
      ref={element}
      className="minimap canvas-control"
      title={texts.canvas.minimap}
      style={{ width: x * scale, height: y * scale }}
    >
      <img src={links.thumbnail(image.imageId)} alt="" draggable={false} />
      <div
        className="minimap-view"
        style={{ left: area.x * scale, top: area.y * scale, width: area.w * scale, height: area.h * scale }}
      />
    </div>
  );
}
