/** The history of the image on view: whether it is shown, and jumping to one of its gestures. */

import { create } from 'zustand';
import type { EditRow } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { reloadPlane, useEditing } from './editing.ts';
import { cancelGesture } from './tools.ts';
import { updateWorkspace, useWorkspace } from './workspace.ts';

export const useHistoryList = create<{ open: boolean }>(() => ({ open: false }));

export function toggleHistory(): void {
  useHistoryList.setState(({ open }) => ({ open: !open }));
}

/** Undoes or repeats everything up to a gesture, which stays done; null takes all back. Its plane comes on view. */
export async function jumpToGesture(gesture: EditRow | null): Promise<void> {
  const { session } = useEditing.getState();
  if (!session) return;
  cancelGesture();
  const done = await session.jump(() => backend.jumpTo(session.imageId, gesture?.editId ?? 0));
  if (!done || useEditing.getState().session !== session) return;
  const { t, z } = useWorkspace.getState();
  const isElsewhere = gesture !== null && (gesture.t !== t || gesture.z !== z);
  if (isElsewhere) updateWorkspace({ t: gesture.t, z: gesture.z });
  else reloadPlane();
}
