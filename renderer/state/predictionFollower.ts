/** Loads the prediction of the plane on view when it is shown, and again when the backend has a newer one. */

import type { ImageInfo } from '../../app/api/types.ts';
import { keys, queryClient } from '../api/queries.ts';
import { ApiError } from '../api/request.ts';
import { loadPrediction, showPredictionLayer } from '../canvas/predictionLayer.ts';
import { texts } from '../texts.ts';
import { useEditing } from './editing.ts';
import { showError } from './showError.ts';
import { useWorkspace } from './workspace.ts';

let loading = new AbortController();

/** Starts following; returns the way to stop. */
export function followPrediction(): () => void {
  const stopWorkspace = useWorkspace.subscribe((state, before) => {
    const changed =
      state.imageId !== before.imageId ||
      state.t !== before.t ||
      state.z !== before.z ||
      state.predictionClass !== before.predictionClass ||
      state.showPrediction !== before.showPrediction;
    if (changed) void load();
  });
  const stopEditing = useEditing.subscribe((state, before) => {
    if (state.session !== before.session) void load();
  });
  return () => {
    stopWorkspace();
    stopEditing();
    loading.abort();
  };
}

/** The backend has a newer prediction of an image. */
export function notePrediction(imageId: number): void {
  if (imageId === useWorkspace.getState().imageId) void load(true);
}

/** `exists`: the backend has just said so; else the image list knows whether there is a prediction. */
async function load(exists = false): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const { imageId, t, z, predictionClass, showPrediction } = useWorkspace.getState();
  const { session } = useEditing.getState();
  if (!showPrediction || imageId === null || session?.imageId !== imageId) return;
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images);
  if (!exists && !images?.some((image) => image.imageId === imageId && image.predicted)) {
    showPredictionLayer(null);
    return;
  }
  try {
    const at = { imageId, t, z, classPosition: predictionClass, shape: session.shape };
    const layer = await loadPrediction(at, (error) => showError(texts.errors.predict, error));
    if (signal.aborted) layer.tiles.close();
    else showPredictionLayer(layer);
  } catch (error) {
    if (signal.aborted) return;
    showPredictionLayer(null);
    const isMissing = error instanceof ApiError && error.tag === 'NotFound';
    if (!isMissing) showError(texts.errors.predict, error);
  }
}
