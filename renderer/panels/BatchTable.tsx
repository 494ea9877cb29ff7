/** The table of all images: clicks and keys select one or many, Enter or a double click puts one on the canvas. */

import { type KeyboardEvent, type MouseEvent, memo, useCallback, useMemo, useRef } from 'react';
import type { ImageInfo } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { keyTarget, rowsOfPage, scrollToRow } from '../controls/listKeys.ts';
import { type SelectHow, selectRow, selectRows } from '../controls/rowSelection.ts';
import { useWindowedRows } from '../controls/windowedRows.ts';
import { type BatchColumn, type BatchWork, closeBatch, orderBy, useBatch } from '../state/batch.ts';
import { showImage } from '../state/workspace.ts';
import { texts } from '../texts.ts';

/** Heights of a row and of the head, px; the style sheet has the same. */
const ROW_HEIGHT = 38;
const HEAD_HEIGHT = 34;

const COLUMNS: readonly BatchColumn[] = ['name', 'size', 'labelled', 'objects', 'found', 'state'];

interface BatchTableProps {
  images: readonly ImageInfo[];
  work: ReadonlyMap<number, BatchWork>;
  /** Models that a newer run has overtaken. */
  older: ReadonlySet<number>;
}

export function BatchTable({ images, work, older }: BatchTableProps) {
  const rows = useBatch((state) => state.rows);
  const exported = useBatch((state) => state.exported);
  const view = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const { first, end, above, below } = useWindowedRows(view, images.length, ROW_HEIGHT);
  const ids = useMemo(() => images.map(({ imageId }) => imageId), [images]);
  const at = rows.current === null ? -1 : ids.indexOf(rows.current);

  const select = useCallback(
    (index: number, how: SelectHow) =>
      useBatch.setState((state) => ({ rows: selectRow(ids, state.rows, index, how) })),
    [ids],
  );
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== table.current) return;
    const isControl = event.ctrlKey || event.metaKey;
    const to = keyTarget(event.key, at, ids.length, rowsOfPage(view.current, ROW_HEIGHT));
    if (to !== null) {
      select(to, event.shiftKey ? 'range' : isControl ? 'move' : 'only');
      scrollToRow(view.current, to, ROW_HEIGHT, HEAD_HEIGHT);
    } else if (isControl && event.key.toLowerCase() === 'a')
      useBatch.setState((state) => ({ rows: selectRows(ids, state.rows) }));
    else if (event.key === ' ' && at >= 0) select(at, 'toggle');
    else if (event.key === 'Enter' && at >= 0) open(ids[at]);
    else return;
    event.preventDefault();
  };
  // The same from render to render, so that rows that stay are not rendered again.
  const onPress = useCallback(
    (event: MouseEvent, index: number) => {
      const isBox = event.target instanceof HTMLInputElement;
      const isToggle = isBox || event.ctrlKey || event.metaKey;
      select(index, event.shiftKey ? 'range' : isToggle ? 'toggle' : 'only');
      table.current?.focus({ preventScroll: true });
    },
    [select],
  );

  return (
    <div ref={view} className="batch-view">
      {/* The room of rows that are out of view is padding: the head sticks inside of it all the same. */}
      <div style={{ paddingTop: above, paddingBottom: below }}>
        <table
          ref={table}
          className="batch-table"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are walked and selected is a grid.
          role="grid"
          aria-label={texts.batch.title}
          aria-multiselectable="true"
          aria-rowcount={images.length + 1}
          aria-activedescendant={at >= first && at < end ? rowId(ids[at]) : undefined}
          title={texts.batch.keys}
          data-autofocus
          tabIndex={0}
          onKeyDown={onKey}
        >
          <BatchHead ids={ids} />
          <tbody>
            {images.slice(first, end).map((image, i) => (
              <BatchRow
                key={image.imageId}
                image={image}
                index={first + i}
                isSelected={rows.selected.has(image.imageId)}
                isCurrent={rows.current === image.imageId}
                work={work.get(image.imageId)}
                isOlder={image.predictionModelId !== null && older.has(image.predictionModelId)}
                isExported={exported.has(image.imageId)}
                onPress={onPress}
              />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const rowId = (imageId: number | undefined) => `batch-image-${imageId}`;

function open(imageId: number | undefined): void {
  if (imageId === undefined) return;
  showImage(imageId);
  closeBatch();
}

function BatchHead({ ids }: { ids: readonly number[] }) {
  const order = useBatch((state) => state.order);
  const selected = useBatch((state) => state.rows.selected);
  const { columns, selectAll } = texts.batch;
  const count = ids.filter((imageId) => selected.has(imageId)).length;
  const isAll = count > 0 && count === ids.length;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className="batch-box">
          <input
            type="checkbox"
            aria-label={selectAll}
            checked={isAll}
            disabled={ids.length === 0}
            ref={(box) => {
              if (box) box.indeterminate = count > 0 && !isAll;
            }}
            onChange={() =>
              useBatch.setState((state) => ({ rows: selectRows(isAll ? [] : ids, state.rows) }))
            }
          />
        </th>
        {COLUMNS.map((column) => {
          const sorted = order?.column === column ? order : null;
          return (
            <th
              key={column}
              scope="col"
              data-column={column}
              aria-sort={sorted === null ? 'none' : sorted.descending ? 'descending' : 'ascending'}
            >
              <button type="button" className="batch-sort" onClick={() => orderBy(column)}>
                {columns[column]}
                <span aria-hidden="true">{sorted === null ? '' : sorted.descending ? ' ▾' : ' ▴'}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface BatchRowProps {
  image: ImageInfo;
  index: number;
  isSelected: boolean;
  isCurrent: boolean;
  work: BatchWork | undefined;
  isOlder: boolean;
  isExported: boolean;
  onPress(event: MouseEvent, index: number): void;
}

const BatchRow = memo(
  ({ image, index, isSelected, isCurrent, work, isOlder, isExported, onPress }: BatchRowProps) => {
    const { batch } = texts;
    const { imageId, name, shape, objects, labelledFraction, predictedObjects, state } = image;
    const notes = [isOlder ? batch.older : '', isExported ? batch.exported : ''].filter(Boolean);
    return (
      <tr
        id={rowId(imageId)}
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        data-current={isCurrent}
        onClick={(event) => onPress(event, index)}
        onDoubleClick={() => open(imageId)}
      >
        <td className="batch-box">
          <input type="checkbox" tabIndex={-1} aria-label={name} checked={isSelected} readOnly />
        </td>
        <td className="batch-name">
          <img src={links.thumbnail(imageId)} alt="" loading="lazy" draggable={false} />
          <span>{name}</span>
        </td>
        <td>{batch.size(shape)}</td>
        <td data-number>{labelledFraction === 0 ? '' : batch.share(labelledFraction)}</td>
        <td data-number>{objects === 0 ? '' : objects.toLocaleString('en')}</td>
        <td data-number>{predictedObjects === null ? '' : predictedObjects.toLocaleString('en')}</td>
        <td>
          <span className="batch-state" data-state={work ?? state}>
            {work === undefined ? batch.states[state] : batch.work[work]}
          </span>
          {work === undefined && notes.length > 0 && (
            <span className="soft">{` · ${notes.join(' · ')}`}</span>
          )}
        </td>
      </tr>
    );
  },
);
