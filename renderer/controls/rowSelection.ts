/** Selecting rows of a list, one or many, as file managers do. */

/** How a click or key selects: it alone, it too, all up to it, or nothing while the keyboard goes there. */
export type SelectHow = 'only' | 'toggle' | 'range' | 'move';

export interface RowSelection {
  selected: ReadonlySet<number>;
  /** The row that the keyboard is on. */
  current: number | null;
  /** Where a range starts: the row last selected without Shift. */
  anchor: number | null;
}

export const NO_ROWS: RowSelection = { selected: new Set(), current: null, anchor: null };

/** The selection after a click or key on place `index` of `rows`, ids in the order of the list. */
export function selectRow(
  rows: readonly number[],
  before: RowSelection,
  index: number,
  how: SelectHow,
): RowSelection {
  const row = rows[index];
  if (row === undefined) return before;
  switch (how) {
    case 'only':
      return { selected: new Set([row]), current: row, anchor: row };
    case 'toggle':
      return { selected: before.selected.symmetricDifference(new Set([row])), current: row, anchor: row };
    case 'move':
      return { ...before, current: row };
    case 'range': {
      const start = Math.max(0, before.anchor === null ? index : rows.indexOf(before.anchor));
      const range = rows.slice(Math.min(start, index), Math.max(start, index) + 1);
      return { selected: new Set(range), current: row, anchor: before.anchor ?? row };
    }
  }
}

/** Every row, or none. */
export function selectRows(rows: readonly number[], before: RowSelection): RowSelection {
  const first = rows[0] ?? null;
  return { selected: new Set(rows), current: before.current ?? first, anchor: first };
}
