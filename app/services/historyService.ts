/** The gestures of an image and the way back and forth among them. */

import { LimnError } from '../errors.ts';
import type { EditRow, ObjectRow } from '../store/types.ts';
import type { Project } from './project.ts';

/** How an image stands after a jump: its labels are to be read anew. */
export interface JumpedHistory {
  canUndo: boolean;
  canRedo: boolean;
  objects: ObjectRow[];
}

/** Gestures of an image, oldest first, undone ones included. Throws NotFound. */
export function listGestures(project: Project, imageId: number): EditRow[] {
  return project.store.edits.history(project.store.images.get(imageId).imageId);
}

/**
 * Undoes or repeats gestures until `editId` is the last one done (0: none is), whole or not at all.
 * Throws NotFound for a gesture that the image does not have.
 */
export function jumpTo(project: Project, imageId: number, editId: number): JumpedHistory {
  const { store } = project;
  const gestures = listGestures(project, imageId);
  if (editId !== 0 && !gestures.some((gesture) => gesture.editId === editId)) {
    throw new LimnError('NotFound', 'This stroke is no longer in the history. Open the history again.', {
      fields: { imageId, editId },
    });
  }
  store.transaction(() => {
    for (const gesture of gestures.toReversed()) {
      if (gesture.editId > editId && !gesture.undone) store.edits.undo(imageId);
    }
    for (const gesture of gestures) {
      if (gesture.editId <= editId && gesture.undone) store.edits.redo(imageId);
    }
  });
  const { canUndo, canRedo } = store.edits.state(imageId);
  return { canUndo, canRedo, objects: store.objects.list(imageId) };
}
