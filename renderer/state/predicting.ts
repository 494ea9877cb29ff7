/** Asks for predictions and takes them into the labels. */

import { notifications } from '@mantine/notifications';
import { create } from 'zustand';
import type { ImageInfo } from '../../app/api/types.ts';
import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { reloadPlane, useEditing } from './editing.ts';
import { showError } from './showError.ts';
import { updateWorkspace, useWorkspace } from './workspace.ts';

/** `best`, `last` or a model's id. */
export const useChosenModel = create<{ model: string }>(() => ({ model: 'best' }));

/** Predicts the image on view. */
export async function predictImage(): Promise<void> {
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images) ?? [];
  const { imageId } = useWorkspace.getState();
  const image = images.find((candidate) => candidate.imageId === imageId);
  if (image) await predict(String(image.position));
}

/** Predicts every image of the project. */
export async function predictAll(): Promise<void> {
  await predict(undefined);
}

async function predict(images: string | undefined): Promise<void> {
  const { model } = useChosenModel.getState();
  try {
    await backend.predict({ model, ...(images === undefined ? {} : { images }) });
    updateWorkspace({ showPrediction: true });
    await queryClient.invalidateQueries({ queryKey: keys.jobs });
  } catch (error) {
    showError(texts.errors.predict, error);
  }
}

/** Copies the prediction of the plane on view into the labels where nothing is painted; an edit that can be undone. */
export async function acceptPrediction(): Promise<void> {
  const { imageId, t, z } = useWorkspace.getState();
  const { session } = useEditing.getState();
  if (imageId === null || !session) return;
  try {
    // Strokes under way are stored first, so that none of them is mistaken for free ground.
    await session.settled();
    session.noteExternalEdit(await backend.acceptPrediction(imageId, t, z));
    reloadPlane();
    notifications.show({ message: texts.predict.accepted, autoClose: 5000 });
    await queryClient.invalidateQueries({ queryKey: keys.images });
  } catch (error) {
    showError(texts.errors.accept, error);
  }
}
