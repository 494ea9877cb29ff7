/** The image's objects: colour, name, area; a click selects and shows, the lock protects. */

import { ActionIcon } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { type CSSProperties, memo, useMemo, useRef } from 'react';
import type { ObjectRow } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { labelColourCss } from '../canvas/labelColours.ts';
import { useWindowedRows } from '../controls/windowedRows.ts';
import { boundsOfLabel } from '../editor/labelBounds.ts';
import { useEditing } from '../state/editing.ts';
import { showError } from '../state/showError.ts';
import { updateWorkspace, useWorkspace, viewport } from '../state/workspace.ts';
import { texts } from '../texts.ts';

/** Height of a row, px; the style sheet has the same. */
const ROW_HEIGHT = 31;

export function ObjectList() {
  const objects = useEditing((state) => state.objects);
  const classes = useEditing((state) => state.classes);
  const selected = useWorkspace((state) => state.selectedLabel);
  const names = useMemo(() => new Map(classes.map((row) => [row.classId, row.name])), [classes]);
  const { labels } = texts;
  const newestFirst = useMemo(() => [...objects].sort((a, b) => b.label - a.label), [objects]);
  const list = useRef<HTMLUListElement>(null);
  const { first, end, above, below } = useWindowedRows(list, newestFirst.length, ROW_HEIGHT);
  return (
    <>
      {objects.length === 0 && <p className="consequence">{labels.noObjects}</p>}
      <ul
        ref={list}
        className="object-list"
        aria-label={labels.objects}
        data-empty={objects.length === 0}
        style={{ '--above': `${above}px`, '--below': `${below}px` } as CSSProperties}
      >
        {newestFirst.slice(first, end).map((row) => (
          <ObjectItem
            key={row.label}
            row={row}
            name={row.name ?? `${names.get(row.classId) ?? ''} #${row.label}`}
            isSelected={row.label === selected}
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
}

const ObjectItem = memo(({ row, name, isSelected }: ObjectItemProps) => {
  const { labels } = texts;
  return (
    <li className="object-item" data-selected={isSelected}>
      <span className="swatch" style={{ background: labelColourCss(row.label, row.colour) }} />
      <button type="button" className="object-name" onClick={() => select(row)}>
        {name}
      </button>
      <span className="object-area">{row.pixels > 0 ? labels.area(row.pixels) : ''}</span>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={`${row.locked ? labels.unlock : labels.lock} #${row.label}`}
        onClick={() => void toggleLock(row)}
      >
        {row.locked ? <IconLock size={14} /> : <IconLockOpen size={14} opacity={0.5} />}
      </ActionIcon>
    </li>
  );
});

function select(row: ObjectRow): void {
  updateWorkspace({ selectedLabel: row.label });
  const { document } = useEditing.getState();
  const bounds = document && boundsOfLabel(document, row.label);
  if (!bounds) return;
  const view = viewport.visibleArea();
  const inView =
    bounds.x >= view.x &&
    bounds.y >= view.y &&
    bounds.x + bounds.w <= view.x + view.w &&
    bounds.y + bounds.h <= view.y + view.h;
  if (!inView) viewport.showArea(bounds);
}

async function toggleLock(row: ObjectRow): Promise<void> {
  try {
    const changed = await backend.updateObject(row.imageId, row.label, { locked: !row.locked });
    const { session } = useEditing.getState();
    session?.setObjects(session.objects.map((known) => (known.label === changed.label ? changed : known)));
  } catch (error) {
    showError(texts.errors.object, error);
  }
}
