/** Merge: objects under a path become one, with the number and class of the first. */

import { floodFill } from '../floodFill.ts';
import type { Point } from '../rasterise.ts';
import { objectsAlong, PathTool, pixelsAlong } from './pathTool.ts';
import type { Refusal } from './tool.ts';

export class MergeTool extends PathTool {
  readonly name = 'merge';

  protected attempt(path: readonly Point[]): Refusal | null {
    const { host } = this;
    if (host.onlyUnlabelled) return 'only-unlabelled';
    const [kept, ...others] = objectsAlong(host, pixelsAlong(path));
    if (!kept) return 'no-object';
    if (others.length === 0) return 'one-object';
    if ([kept, ...others].some(([label]) => host.objectOf(label)?.locked)) return 'locked';
    const runs: [number, number, number][] = [];
    for (const [, { first }] of others) {
      const ground = floodFill(host.document, first.x, first.y, (y, x0, x1) => runs.push([y, x0, x1]));
      if (ground.incomplete) return 'loading';
    }
    const [label] = kept;
    const merged = new Set(others.map(([other]) => other));
    const gesture = host.document.beginGesture();
    for (const [y, x0, x1] of runs) gesture.paintRun(y, x0, x1, label, (old) => merged.has(old));
    gesture.show();
    host.commit(gesture, this.name, { label, created: [], mayReplace: () => true, blocked: null });
    return null;
  }
}
