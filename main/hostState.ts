/** What the desktop host remembers from one start to the next: the window's place and the last project. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Screen coordinates in device-independent pixels. */
export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

const number = z.number().int();
const schema = z.object({
  bounds: z.object({ x: number, y: number, width: number, height: number }).nullable(),
  maximised: z.boolean(),
  lastProject: z.string().nullable(),
});

export type HostState = z.output<typeof schema>;

const FRESH: HostState = { bounds: null, maximised: false, lastProject: null };

/** The remembered state; a missing or unreadable file is a fresh start. */
export function readHostState(path: string): HostState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // The first start has no such file, and a window's place is not worth an error.
    return FRESH;
  }
  return parseHostState(text);
}

export function parseHostState(text: string): HostState {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : FRESH;
  } catch (error) {
    if (error instanceof SyntaxError) return FRESH;
    throw error;
  }
}

/** Replaces the file as a whole, so that a crash leaves the old one. */
export function writeHostState(path: string, state: HostState): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, JSON.stringify(state));
  renameSync(temporary, path);
}

/** The bounds if at least a corner of the title bar would be on one of the screens, else null (screens change). */
export function visibleBounds(bounds: Bounds | null, screens: readonly Bounds[]): Bounds | null {
  if (bounds === null) return null;
  const reachable = screens.some((screen) => {
    const overlap = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x);
    return overlap >= 100 && bounds.y >= screen.y - 10 && bounds.y < screen.y + screen.height - 40;
  });
  return reachable ? bounds : null;
}
