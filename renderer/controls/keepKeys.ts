/** Keys pressed in a dialog are the dialog's: the letters of the tools behind it do not hear them. */

import type { KeyboardEvent } from 'react';

/** For `onKeyDown` of a dialog. Escape passes, which closes it. */
export function keepKeys(event: KeyboardEvent): void {
  if (event.key !== 'Escape') event.stopPropagation();
}
