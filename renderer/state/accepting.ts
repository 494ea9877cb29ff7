/** Takes the prediction of the plane on view into the labels, as an edit that can be undone. */

import { backend } from '../api/backend.ts';
import { keys, queryClient } from '../api/queries.ts';
import { reloadPlane, useEditing } from './editing.ts';

/** Waits for strokes under way, so that none of them is mistaken for free ground. Throws what the backend refuses. */
export async function acceptPrediction(imageId: number, t: number, z: number): Promise<void> {
  const { session } = useEditing.getState();
  await session?.settled();
  const acknowledged = await backend.acceptPrediction(imageId, t, z);
  session?.noteExternalEdit(acknowledged);
  reloadPlane();
  await queryClient.invalidateQueries({ queryKey: keys.images });
}
