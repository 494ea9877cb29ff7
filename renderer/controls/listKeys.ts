/** Keys that walk through a list of equally high rows, and bringing the row that they reach into view. */

/** Place in the list that a key goes to from place `at` (-1: none yet); null for other keys. */
export function keyTarget(key: string, at: number, count: number, page: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to));
}

/** Rows that a page key goes on by. */
export function rowsOfPage(list: HTMLElement | null, rowHeight: number): number {
  return Math.max(1, Math.floor((list?.clientHeight ?? 0) / rowHeight) - 1);
}

/** Scrolls no further than needed. `headHeight` px at the top stay covered. */
export function scrollToRow(
  list: HTMLElement | null,
  index: number,
  rowHeight: number,
  headHeight = 0,
): void {
  if (!list) return;
  const top = index * rowHeight;
  const view = list.clientHeight - headHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHeight > list.scrollTop + view) list.scrollTop = top + rowHeight - view;
}
