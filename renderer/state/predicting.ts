/** Asks for predictions and takes them into the labels. */

import { notifications } from '@mantine/notifications';
import { create } from 'zustand';
import type { AcceptFilter, ImageInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { notePredictionBatch } from './batch.ts';
import { reloadPlane, useEditing } from './editing.ts';
import { showError } from './showError.ts';
import { updateWorkspace, useWorkspace, viewport } from './workspace.ts';

/** `best`, `last` or a model's id. */
export const useChosenModel = create<{ model: string }>(() => ({ model: 'best' }));

/** Predicts the image on view. */
export async function predictImage(): Promise<void> {
  const { imageId } = useWorkspace.getState();
  if (imageId !== null) await predictImages([imageId]);
}

/** Predicts every image of the project. */
export async function predictAll(): Promise<void> {
  await predictImages(undefined);
}

/** Predicts images by their ids; without ids all of them. */
export async function predictImages(imageIds: readonly number[] | undefined): Promise<void> {
  const { model } = useChosenModel.getState();
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images) ?? [];
  const wanted = new Set(imageIds);
  try {
    const { jobId } = await backend.predict({
      model,
      ...(imageIds === undefined ? {} : { imageIds: [...imageIds] }),
    });
    notePredictionBatch(
      jobId,
      images.filter((image) => imageIds === undefined || wanted.has(image.imageId)),
    );
    updateWorkspace({ showPrediction: true });
    await queryClient.invalidateQueries({ queryKey: keys.jobs });
  } catch (error) {
    showError(texts.errors.predict, error);
  }
}

/** Copies the prediction of the plane on view into the labels where nothing is painted; an edit that can be undone. */
export function acceptPrediction(): Promise<void> {
  return accept({}, () => texts.predict.accepted);
}

/** The same for what is in view: whole objects, and the background between them. */
export function acceptInView(): Promise<void> {
  return accept({ area: viewport.visibleArea() }, texts.predict.acceptedObjects);
}

/** The same for objects of at least this mean probability. */
export function acceptConfident(minimumConfidence: number): Promise<void> {
  return accept({ minimumConfidence }, texts.predict.acceptedObjects);
}

/** The same for one object, by its number in the prediction; 0 is no object. */
export async function acceptObject(object: number): Promise<void> {
  if (object === 0) tell(texts.predict.noObject);
  else await accept({ objects: [object] }, texts.predict.acceptedObjects);
}

/** Accepts the part that `filter` lets through; `sentence` tells the number of objects that came. */
async function accept(filter: AcceptFilter, sentence: (objects: number) => string): Promise<void> {
  const { imageId, t, z } = useWorkspace.getState();
  const { session } = useEditing.getState();
  if (imageId === null || !session) return;
  try {
    // Strokes under way are stored first, so that none of them is mistaken for free ground.
    await session.settled();
    const before = session.objects.length;
    session.noteExternalEdit(await backend.acceptPrediction(imageId, t, z, filter));
    reloadPlane();
    tell(sentence(session.objects.length - before));
    await queryClient.invalidateQueries({ queryKey: keys.images });
  } catch (error) {
    showError(texts.errors.accept, error);
  }
}

function tell(message: string): void {
  notifications.show({ message, autoClose: 3500 });
}
