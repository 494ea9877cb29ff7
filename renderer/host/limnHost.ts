/** The bridge that Electron's preload puts on the window; absent in a browser, where the page does without native dialogs. */

import type { DesktopBridge } from '../../app/api/types.ts';

declare global {
  interface Window {
    limnHost?: DesktopBridge;
    /** Coordinates for tests and scripts; whole image coordinates are pixel centres. */
    limn?: {
      imageToScreen(x: number, y: number): { x: number; y: number };
      screenToImage(x: number, y: number): { x: number; y: number };
      /** Weight at an image pixel as the overlay has it; null where none is shown. */
      weightAt(x: number, y: number): number | null;
    };
  }
}

/** The desktop bridge, or undefined in a browser. */
export function limnHost(): DesktopBridge | undefined {
  return window.limnHost;
}
