/** The image's objects: colour, name, area, lock; clicks and keys select one or several, Enter shows, Delete deletes. */

import { ActionIcon } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ObjectRow } from '../../app/api/types.ts';
import { useDisagreement } from '../api/queries.ts';
import { labelColourCss } from '../canvas/labelColours.ts';
import { keyTarget, rowsOfPage, scrollToRow } from '../controls/listKeys.ts';
import { useWindowedRows } from '../controls/windowedRows.ts';
import { useEditing } from '../state/editing.ts';
import { changeObjects, selectAll, selectAt, showObject, sortObjects } from '../state/objects.ts';
import { useSettings, useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

/** Height of a row, px; the style sheet has the same. */
const ROW_HEIGHT = 31;

const NONE: ReadonlySet<number> = new Set();

export function ObjectList() {
  const objects = useEditing((state) => state.objects);
  const classes = useEditing((state) => state.classes);
  const { selectedLabel, selection, objectOrder } = useSettings('selectedLabel', 'selection', 'objectOrder');
  const hidden = useWorkspace((state) => state.hiddenLabels[state.imageId ?? -1] ?? NONE);
  const [renaming, setRenaming] = useState<number | null>(null);
  const names = useMemo(() => new Map(classes.map((row) => [row.classId, row.name])), [classes]);
  const { labels } = texts;
  const imageId = useWorkspace((state) => state.imageId);
  const byDisagreement = objectOrder === 'disagreement';
  const apart = useDisagreement(imageId, byDisagreement).data;
  const disagreement = useMemo(
    () => new Map(apart?.map((row) => [row.label, row.disagreement] as const)),
    [apart],
  );
  const rows = useMemo(
    () => sortObjects(objects, objectOrder, disagreement),
    [objects, objectOrder, disagreement],
  );
  const list = useRef<HTMLUListElement>(null);
  const { first, end, above, below } = useWindowedRows(list, rows.length, ROW_HEIGHT);

  const shown = useRef(rows);
  shown.current = rows;
  const press = useCallback((label: number, event: MouseEvent) => {
    const isControl = event.ctrlKey || event.metaKey;
    const at = shown.current.findIndex((row) => row.label === label);
    selectAt(shown.current, at, event.shiftKey ? 'range' : isControl ? 'toggle' : 'only');
    if (!event.shiftKey && !isControl) showObject(label, false);
    list.current?.focus({ preventScroll: true });
  }, []);
  const endRenaming = useCallback(() => {
    setRenaming(null);
    list.current?.focus({ preventScroll: true });
  }, []);

  const onKey = (event: KeyboardEvent) => {
    // A name that is being typed keeps its keys.
    if (event.target instanceof HTMLInputElement) return;
    const at = rows.findIndex((row) => row.label === selectedLabel);
    const to = keyTarget(event.key, at, rows.length, rowsOfPage(list.current, ROW_HEIGHT));
    const isControl = event.ctrlKey || event.metaKey;
    if (to !== null) {
      selectAt(rows, to, event.shiftKey ? 'range' : 'only');
      const row = rows[to];
      if (row) showObject(row.label, false);
      scrollToRow(list.current, to, ROW_HEIGHT);
    } else if (isControl && event.key.toLowerCase() === 'a') selectAll(rows);
    else if (event.key === 'Enter' && selectedLabel !== null && event.target === list.current)
      showObject(selectedLabel, true);
    else if (event.key === 'F2' && selectedLabel !== null) setRenaming(selectedLabel);
    else return;
    event.preventDefault();
  };

  return (
    <>
      {objects.length === 0 && <p className="consequence">{labels.noObjects}</p>}
      <ul
        ref={list}
        className="object-list"
        aria-label={labels.objects}
        title={labels.objectKeys}
        tabIndex={objects.length === 0 ? -1 : 0}
        data-empty={objects.length === 0}
        style={{ '--above': `${above}px`, '--below': `${below}px` } as CSSProperties}
        onKeyDown={onKey}
      >
        {rows.slice(first, end).map((row) => (
          <ObjectItem
            key={row.label}
            row={row}
            name={row.name ?? `${names.get(row.classId) ?? ''} #${row.label}`}
            isSelected={selection.has(row.label)}
            isCurrent={row.label === selectedLabel}
            isHidden={hidden.has(row.label)}
            isRenamed={row.label === renaming}
            detail={byDisagreement ? labels.disagreement(disagreement.get(row.label)) : null}
            onPress={press}
            onRenamed={endRenaming}
          />
        ))}
      </ul>
    </>
  );
}

interface ObjectItemProps {
  row: ObjectRow;
  name: string;
  isSelected: boolean;
  isCurrent: boolean;
  isHidden: boolean;
  isRenamed: boolean;
  /** Stands in place of the area. */
  detail: string | null;
  onPress(label: number, event: MouseEvent): void;
  onRenamed(): void;
}

const ObjectItem = memo(
  ({
    row,
    name,
    isSelected,
    isCurrent,
    isHidden,
    isRenamed,
    detail,
    onPress,
    onRenamed,
  }: ObjectItemProps) => {
    const { labels } = texts;
    return (
      <li
        className="object-item"
        data-selected={isSelected}
        data-current={isCurrent}
        data-hidden={isHidden}
        aria-current={isCurrent}
      >
        <span className="swatch" style={{ background: labelColourCss(row.label, row.colour) }} />
        {isRenamed ? (
          <ObjectName row={row} name={name} onDone={onRenamed} />
        ) : (
          <button
            type="button"
            className="object-name"
            tabIndex={-1}
            aria-pressed={isSelected}
            onClick={(event) => onPress(row.label, event)}
            onDoubleClick={() => showObject(row.label, true)}
          >
            {name}
          </button>
        )}
        <span className="object-area">{detail ?? (row.pixels > 0 ? labels.area(row.pixels) : '')}</span>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`${row.locked ? labels.unlock : labels.lock} #${row.label}`}
          onClick={() => changeObjects([row.label], { locked: !row.locked })}
        >
          {row.locked ? <IconLock size={14} /> : <IconLockOpen size={14} opacity={0.5} />}
        </ActionIcon>
      </li>
    );
  },
);

/** Enter or leaving the field takes the name over, an empty one gives the object its number back, Escape leaves it. */
function ObjectName({ row, name, onDone }: { row: ObjectRow; name: string; onDone(): void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const accept = (value: string) => {
    const wanted = value.trim();
    if (wanted !== name) changeObjects([row.label], { name: wanted === '' ? null : wanted });
    onDone();
  };
  return (
    <input
      ref={field}
      className="object-rename grow"
      aria-label={texts.labels.rename}
      defaultValue={name}
      maxLength={200}
      onBlur={(event) => accept(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        else if (event.key === 'Escape') {
          event.currentTarget.value = name;
          event.currentTarget.blur();
        }
      }}
    />
  );
}
