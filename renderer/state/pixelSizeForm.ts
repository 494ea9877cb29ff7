/** Whether the pixel size of the image on view is being set. */

import { create } from 'zustand';

export const usePixelSizeForm = create<{ open: boolean }>(() => ({ open: false }));
