/** Long lists of equally high rows: only those in view are on the page, however many there are. */

import { type RefObject, useEffect, useState } from 'react';

/** Rows above and below the view that are kept ready. */
const SPARE_ROWS = 6;

export interface RowWindow {
  first: number;
  /** Exclusive. */
  end: number;
  /** Heights of what is left out above and below, px. */
  above: number;
  below: number;
}

/** Which of `count` rows of `rowHeight` px are in view of a scrolling element. */
export function useWindowedRows(
  element: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const [view, setView] = useState({ first: 0, rows: 30 });
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => {
      const first = Math.max(0, Math.floor(target.scrollTop / rowHeight) - SPARE_ROWS);
      const rows = Math.ceil(target.clientHeight / rowHeight) + 2 * SPARE_ROWS;
      setView((before) => (before.first === first && before.rows === rows ? before : { first, rows }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    target.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      target.removeEventListener('scroll', measure);
    };
  }, [element, rowHeight]);
  const first = Math.min(view.first, Math.max(0, count - view.rows));
  const end = Math.min(count, first + view.rows);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}
