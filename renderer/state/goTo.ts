/** Brings a place of the project on view: another image if need be, its plane, and the part that matters in the middle. */

import type { FindingPlace } from '../../app/api/types.ts';
import { selectLabel, showImage, updateWorkspace, useWorkspace, viewport } from './workspace.ts';

/** Longest wait for another image to come on view before its part is no longer shown, ms. */
const PATIENCE_MS = 4000;

/** Shows a plane of an image, the part in the middle, and selects the object if one is named. */
export function goTo(place: FindingPlace): void {
  const { imageId, t, z, area, label } = place;
  const isOther = useWorkspace.getState().imageId !== imageId;
  showImage(imageId);
  updateWorkspace({ t, z });
  if (label !== null) selectLabel(label);
  if (area === null) return;
  if (!isOther) {
    viewport.showArea(area);
    return;
  }
  // The canvas fits the new image first; the part is shown right after that.
  const stop = viewport.subscribe(() => {
    stop();
    clearTimeout(timer);
    queueMicrotask(() => viewport.showArea(area));
  });
  const timer = setTimeout(stop, PATIENCE_MS);
}
