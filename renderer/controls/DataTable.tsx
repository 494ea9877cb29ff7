/** A sortable table of any length: only the rows in view are on the page; clicks and keys choose one row, mark several, open one. */

import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { keyTarget, rowsOfPage, scrollToRow } from './listKeys.ts';
import { useWindowedRows } from './windowedRows.ts';

export interface Column<Row> {
  id: string;
  name: string;
  hint?: string;
  /** Width, px. */
  width: number;
  isNumber?: boolean;
  /** What the rows are sorted by. */
  value(row: Row): string | number | null;
  /** What is shown; the value where absent. */
  show?(row: Row): ReactNode;
}

interface DataTableProps<Row> {
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): number;
  nameOf(row: Row): string;
  /** The row that the keyboard is on. */
  current: number | null;
  onCurrent(key: number): void;
  marked: ReadonlySet<number>;
  onMark(marked: ReadonlySet<number>): void;
  /** Enter or a double click. */
  onOpen?(key: number): void;
  /** Names of the boxes that mark a row, and all of them. */
  markName(name: string): string;
  markAllName: string;
  empty: string;
}

/** Height of a row, px; the style sheet has the same. */
const ROW_HEIGHT = 30;
const MARK_WIDTH = 34;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, keyOf, nameOf, current, marked, onMark } = props;
  const [order, setOrder] = useState<{ column: string; descending: boolean } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const { first, end, above, below } = useWindowedRows(scroller, sorted.length, ROW_HEIGHT);
  const anchor = useRef<number | null>(null);

  const toggle = (key: number) => {
    const next = new Set(marked);
    if (!next.delete(key)) next.add(key);
    anchor.current = key;
    onMark(next);
  };
  const markRange = (from: number | null, to: number) => {
    const at = sorted.findIndex((row) => keyOf(row) === to);
    const start = sorted.findIndex((row) => keyOf(row) === from);
    const [low, high] = start < 0 ? [at, at] : [Math.min(start, at), Math.max(start, at)];
    onMark(new Set([...marked, ...sorted.slice(low, high + 1).map(keyOf)]));
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLButtonElement) return;
    const at = sorted.findIndex((row) => keyOf(row) === current);
    const to = keyTarget(event.key, at, sorted.length, rowsOfPage(scroller.current, ROW_HEIGHT));
    const row = to === null ? undefined : sorted[to];
    if (to !== null && row) {
      const key = keyOf(row);
      if (event.shiftKey) markRange(anchor.current ?? current ?? key, key);
      else anchor.current = key;
      props.onCurrent(key);
      scrollToRow(scroller.current, to, ROW_HEIGHT, ROW_HEIGHT);
    } else if (event.key === ' ' && current !== null) toggle(current);
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      onMark(new Set(sorted.map(keyOf)));
    } else if (event.key === 'Enter' && current !== null) props.onOpen?.(current);
    else return;
    event.preventDefault();
  };

  const onRow = (event: MouseEvent, key: number) => {
    if (event.shiftKey) markRange(anchor.current, key);
    else if (event.ctrlKey || event.metaKey) toggle(key);
    if (!event.shiftKey) anchor.current = key;
    props.onCurrent(key);
  };

  const width = columns.reduce((sum, column) => sum + column.width, MARK_WIDTH);
  return (
    <div className="data-table" ref={scroller}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows are chosen by keys.
        role="grid"
        aria-label={name}
        aria-rowcount={sorted.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={current === null ? undefined : `${id}-${current}`}
        tabIndex={0}
        style={{ minWidth: width }}
        onKeyDown={onKey}
      >
        <colgroup>
          <col style={{ width: MARK_WIDTH }} />
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label={props.markAllName}
                checked={sorted.length > 0 && sorted.every((row) => marked.has(keyOf(row)))}
                onChange={(event) => onMark(new Set(event.currentTarget.checked ? sorted.map(keyOf) : []))}
              />
            </th>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} columns={columns.length + 1} />}
          {sorted.slice(first, end).map((row, i) => {
            const key = keyOf(row);
            return (
              <tr
                key={key}
                id={`${id}-${key}`}
                aria-rowindex={first + i + 2}
                aria-selected={marked.has(key)}
                data-current={key === current}
                onClick={(event) => onRow(event, key)}
                onDoubleClick={() => props.onOpen?.(key)}
              >
                <td>
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={props.markName(nameOf(row))}
                    checked={marked.has(key)}
                    onClick={(event) => event.stopPropagation()}
                    onChange={() => toggle(key)}
                  />
                </td>
                {columns.map((column) => (
                  <td key={column.id} data-number={column.isNumber ?? false}>
                    {column.show ? column.show(row) : (column.value(row) ?? '–')}
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <Spacer height={below} columns={columns.length + 1} />}
        </tbody>
      </table>
      {sorted.length === 0 && <p className="soft data-table-empty">{props.empty}</p>}
    </div>
  );
}

interface HeadCellProps<Row> {
  column: Column<Row>;
  order: { column: string; descending: boolean } | null;
  onOrder(order: { column: string; descending: boolean } | null): void;
}

/** A click sorts, a second one the other way round, a third one not at all. */
function HeadCell<Row>({ column, order, onOrder }: HeadCellProps<Row>) {
  const own = order?.column === column.id ? order : null;
  const next = () => {
    if (!own) onOrder({ column: column.id, descending: column.isNumber ?? false });
    else if (own.descending === (column.isNumber ?? false))
      onOrder({ column: column.id, descending: !own.descending });
    else onOrder(null);
  };
  return (
    <th
      scope="col"
      aria-sort={own ? (own.descending ? 'descending' : 'ascending') : 'none'}
      data-number={column.isNumber ?? false}
    >
      <button type="button" title={column.hint} onClick={next}>
        {column.name}
        <span aria-hidden="true">{own ? (own.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="data-table-spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** Rows by a column, those without a value last; names with numbers in them as people count. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: { column: string; descending: boolean } | null,
): readonly Row[] {
  const column = columns.find((one) => one.id === order?.column);
  if (!column || !order) return rows;
  const sign = order.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === 'number' && typeof b.value === 'number') return sign * (a.value - b.value);
      return sign * COLLATOR.compare(String(a.value), String(b.value));
    })
    .map(({ row }) => row);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
