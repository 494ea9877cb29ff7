/** What can be done with the objects of the image on view: sort, select, show, hide, change, delete. */

import type { ObjectRow } from '../../app/api/types.ts';
import { backend, type ObjectChange } from '../api/backend.ts';
import { deleteObjects } from '../api/raw.ts';
import { type SelectHow, selectRow } from '../controls/rowSelection.ts';
import { boundsOfLabel } from '../editor/labelBounds.ts';
import { useEditing } from './editing.ts';
import { type ObjectOrder, selectLabel, updateWorkspace, useWorkspace, viewport } from './workspace.ts';

/** The objects in the order of the list. */
export function sortObjects(
  objects: readonly ObjectRow[],
  order: ObjectOrder,
  disagreement: ReadonlyMap<number, number> = new Map(),
): ObjectRow[] {
  const newest = (a: ObjectRow, b: ObjectRow) => b.label - a.label;
  const compare: Record<ObjectOrder, (a: ObjectRow, b: ObjectRow) => number> = {
    newest,
    oldest: (a, b) => a.label - b.label,
    largest: (a, b) => b.pixels - a.pixels || newest(a, b),
    smallest: (a, b) => a.pixels - b.pixels || newest(a, b),
    class: (a, b) => a.classId - b.classId || newest(a, b),
    // Those of which nothing is known come last.
    disagreement: (a, b) =>
      (disagreement.get(b.label) ?? -1) - (disagreement.get(a.label) ?? -1) || newest(a, b),
  };
  return objects.toSorted(compare[order]);
}

/** Where a range starts: the object that was last selected without Shift. */
let anchor: number | null = null;

/** Selects the object at a place of the sorted list, and makes it the one that the keyboard is on. */
export function selectAt(rows: readonly ObjectRow[], index: number, how: SelectHow): void {
  const { selection: selected, selectedLabel: current } = useWorkspace.getState();
  const labels = rows.map(({ label }) => label);
  const next = selectRow(labels, { selected, current, anchor }, index, how);
  anchor = next.anchor;
  updateWorkspace({ selectedLabel: next.current, selection: next.selected });
}

/** Selects every object of the image. */
export function selectAll(rows: readonly ObjectRow[]): void {
  const { selectedLabel } = useWorkspace.getState();
  anchor = rows[0]?.label ?? null;
  updateWorkspace({
    selection: new Set(rows.map(({ label }) => label)),
    selectedLabel: selectedLabel ?? anchor,
  });
}

/** Brings an object on view; `closely` zooms to it even if it is in view already. */
export function showObject(label: number, closely: boolean): void {
  const { document } = useEditing.getState();
  const bounds = document && boundsOfLabel(document, label);
  if (!bounds) return;
  const view = viewport.visibleArea();
  const inView =
    bounds.x >= view.x &&
    bounds.y >= view.y &&
    bounds.x + bounds.w <= view.x + view.w &&
    bounds.y + bounds.h <= view.y + view.h;
  if (closely || !inView) viewport.showArea(bounds);
}

/** Selected objects that the image has. */
function selectedRows(): ObjectRow[] {
  const { selection } = useWorkspace.getState();
  return useEditing.getState().objects.filter((row) => selection.has(row.label));
}

/** Changes class, name, colour or lock of objects: one edit that can be undone. */
export function changeObjects(labels: readonly number[], change: ObjectChange): void {
  const { session } = useEditing.getState();
  if (!session || labels.length === 0) return;
  void session.changeRows(() => backend.changeObjects(session.imageId, [...labels], change));
}

/** The same for the selected ones. */
export function changeSelected(change: ObjectChange): void {
  changeObjects(
    selectedRows().map(({ label }) => label),
    change,
  );
}

/** Takes the selected objects back to unlabelled, on every plane: one edit that can be undone. */
export function deleteSelected(): void {
  const { session } = useEditing.getState();
  const labels = selectedRows().map(({ label }) => label);
  if (!session || labels.length === 0) return;
  const { t, z } = session.plane;
  void session
    .letStoreEdit(() => deleteObjects(session.imageId, t, z, labels))
    .then((done) => {
      if (done) selectLabel(null);
    });
}

/** Hides the selected objects, or shows them if all of them are hidden. */
export function toggleSelectedVisibility(): void {
  const { imageId, selection, hiddenLabels } = useWorkspace.getState();
  if (imageId === null || selection.size === 0) return;
  const hidden = hiddenLabels[imageId] ?? new Set<number>();
  const next = selection.isSubsetOf(hidden) ? hidden.difference(selection) : hidden.union(selection);
  updateWorkspace({ hiddenLabels: { ...hiddenLabels, [imageId]: next } });
}

/** Shows every hidden object of the image again. */
export function showAllObjects(): void {
  const { imageId, hiddenLabels } = useWorkspace.getState();
  if (imageId !== null) updateWorkspace({ hiddenLabels: { ...hiddenLabels, [imageId]: new Set() } });
}
