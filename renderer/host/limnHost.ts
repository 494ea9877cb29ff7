/** The bridge that Electron's preload puts on the window; absent in a browser, where the page does without native dialogs. */

import type { BackendEvent } from '../../app/api/types.ts';

/** What the desktop host offers beyond the backend's routes. */
export interface LimnHost {
  /** Paths chosen in the native dialog; empty if it was dismissed. */
  chooseImages(): Promise<string[]>;
  /** A folder, or null if the dialog was dismissed. */
  chooseFolder(): Promise<string | null>;
  /** Path of an existing project, or null. */
  chooseProject(): Promise<string | null>;
  /** Path for a new project, or null. */
  chooseNewProject(): Promise<string | null>;
  /** Backend events; returns the way to stop. */
  onEvent(listener: (event: BackendEvent) => void): () => void;
}

declare global {
  interface Window {
    limnHost?: LimnHost;
    /** Coordinates for tests and scripts; whole image coordinates are pixel centres. */
    limn?: {
      imageToScreen(x: number, y: number): { x: number; y: number };
      screenToImage(x: number, y: number): { x: number; y: number };
    };
  }
}

/** The desktop bridge, or undefined in a browser. */
export function limnHost(): LimnHost | undefined {
  return window.limnHost;
}
