/** Tells the user what failed, with the backend's sentence and remedy. */

import { notifications } from '@mantine/notifications';

/** `title` says what was tried; the error's message says why it failed and what to do. */
export function showError(title: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({
    id: `error ${title}`,
    title,
    message,
    color: 'red',
    autoClose: 10_000,
    withBorder: true,
  });
}
