/** Copies the labels on view to the next z plane or frame and goes there. */

import { notifications } from '@mantine/notifications';
import type { ImageInfo } from '../../app/api/types.ts';
import { keys, queryClient } from '../api/queries.ts';
import { copyLabels } from '../api/raw.ts';
import { texts } from '../texts.ts';
import { useEditing } from './editing.ts';

/** One edit that undo takes back; what the next plane has already stays. */
export async function copyToNext(axis: 't' | 'z'): Promise<void> {
  const { session } = useEditing.getState();
  const images = queryClient.getQueryData<ImageInfo[]>(keys.images) ?? [];
  const image = images.find((candidate) => candidate.imageId === session?.imageId);
  if (!session || !image) return;
  const from = session.plane;
  const to = { ...from, [axis]: from[axis] + 1 };
  if (to[axis] >= image.shape[axis]) {
    tell(texts.copying.last[axis]);
    return;
  }
  const done = await session.letStoreEdit(() => copyLabels(session.imageId, from, to));
  // Undefined is a refusal, which has been told.
  if (done === undefined) return;
  tell(done === null ? texts.copying.nothing : texts.copying.done[axis]);
}

function tell(message: string): void {
  notifications.show({ message, color: 'gray', autoClose: 4000 });
}
