/** Tells once what there is to know of the open project: that it was upgraded after a backup, lies on a network share. */

import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useProject } from '../api/queries.ts';

export function useProjectNotes(): void {
  const notes = useProject().data?.notes;
  useEffect(() => {
    // The note itself is the id, so that a project that is asked for again tells nothing twice.
    for (const message of notes ?? []) notifications.show({ id: message, message, autoClose: 15_000 });
  }, [notes]);
}
