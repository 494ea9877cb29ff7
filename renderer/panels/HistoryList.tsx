/** The gestures of the image on view, newest first, with their time; a click goes back or forth to one. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type CSSProperties, useRef } from 'react';
import type { EditRow } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys } from '../api/queries.ts';
import { useWindowedRows } from '../controls/windowedRows.ts';
import { useEditing } from '../state/editing.ts';
import { jumpToGesture } from '../state/history.ts';
import { texts } from '../texts.ts';

/** Height of a row, px; the style sheet has the same. */
const ROW_HEIGHT = 28;

export function HistoryList() {
  const imageId = useEditing((state) => state.session?.imageId);
  const revision = useEditing((state) => state.revision);
  const isSaved = useEditing((state) => state.save === 'saved');
  const gestures = useQuery({
    queryKey: keys.gestures(imageId ?? -1, revision),
    queryFn: () => backend.gestures(imageId ?? -1),
    enabled: imageId !== undefined && isSaved,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
  const newestFirst = gestures.data?.toReversed() ?? [];
  const current = newestFirst.find((row) => !row.undone)?.editId ?? 0;
  const list = useRef<HTMLUListElement>(null);
  const { first, end, above, below } = useWindowedRows(list, newestFirst.length + 1, ROW_HEIGHT);
  const { history } = texts;
  return (
    <ul
      ref={list}
      className="history-list"
      aria-label={history.title}
      style={{ '--above': `${above}px`, '--below': `${below}px` } as CSSProperties}
    >
      {[...newestFirst, null].slice(first, end).map((row) => (
        <li key={row?.editId ?? 0} data-undone={row?.undone ?? false}>
          <button
            type="button"
            aria-current={(row?.editId ?? 0) === current ? 'step' : undefined}
            onClick={() => void jumpToGesture(row)}
          >
            <span className="grow">{row === null ? history.start : nameOf(row)}</span>
            {row !== null && <time dateTime={row.createdAt}>{timeOf(row.createdAt)}</time>}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** `Brush`, `Delete · z 3`. */
function nameOf({ kind, t, z }: EditRow): string {
  const place = `${t > 0 ? ` · t ${t}` : ''}${z > 0 ? ` · z ${z}` : ''}`;
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${place}`;
}

/** The time of today's, the day too of others'. */
function timeOf(iso: string): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? at.toLocaleTimeString() : at.toLocaleString();
}
