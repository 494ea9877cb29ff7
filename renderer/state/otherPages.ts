/** Labels that another page or program has changed come on view here, once no gesture of this page is in the air. */

import { backend } from '../api/backend.ts';
import { texts } from '../texts.ts';
import { reloadPlane, useEditing } from './editing.ts';
import { showError } from './showError.ts';
import { currentTool } from './tools.ts';

/** Strokes of others that follow each other are read together, ms. */
const PAUSE_MS = 150;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Another page has changed labels of an image. */
export function noteLabelsOfOthers(imageId: number): void {
  if (useEditing.getState().session?.imageId !== imageId) return;
  clearTimeout(timer);
  timer = setTimeout(() => void follow(imageId), PAUSE_MS);
}

async function follow(imageId: number): Promise<void> {
  const { session } = useEditing.getState();
  if (session?.imageId !== imageId) return;
  if (currentTool()?.active || session.pending > 0) {
    noteLabelsOfOthers(imageId);
    return;
  }
  try {
    const [objects, history] = await Promise.all([backend.objects(imageId), backend.history(imageId)]);
    if (useEditing.getState().session !== session) return;
    // A gesture that was begun meanwhile ends first.
    if (currentTool()?.active || session.pending > 0) noteLabelsOfOthers(imageId);
    else {
      session.follow(objects, history);
      reloadPlane();
    }
  } catch (error) {
    showError(texts.errors.labels, error);
  }
}
