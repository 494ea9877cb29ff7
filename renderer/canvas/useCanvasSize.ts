/** Follows the size of the canvas's place on the page and tells the viewport. */

import { type RefObject, useLayoutEffect, useState } from 'react';
import { viewport } from '../state/workspace.ts';

/** Width and height of the element, CSS px. */
export function useCanvasSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 1, height: 1 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => {
      const width = target.clientWidth;
      const height = target.clientHeight;
      viewport.resize(width, height);
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
