/** Split: a path drawn through an object cuts it; the largest piece keeps its number, the others become objects. */

import { floodFill } from '../floodFill.ts';
import type { Point } from '../rasterise.ts';
import { type Piece, splitObject } from '../splitObject.ts';
import { objectsAlong, PathTool, pixelsAlong } from './pathTool.ts';
import type { Refusal } from './tool.ts';

export class SplitTool extends PathTool {
  readonly name = 'split';

  /** Cuts the object that most of the path lies on. */
  protected attempt(path: readonly Point[]): Refusal | null {
    const { host } = this;
    if (host.onlyUnlabelled) return 'only-unlabelled';
    const cut = pixelsAlong(path);
    const [met] = [...objectsAlong(host, cut)].sort(([, a], [, b]) => b.count - a.count);
    const object = met && host.objectOf(met[0]);
    if (!met || !object) return 'no-object';
    if (object.locked) return 'locked';
    if (object.isRegion) return 'is-region';
    const [label, { first }] = met;
    const runs: [number, number, number][] = [];
    const { incomplete } = floodFill(host.document, first.x, first.y, (y, x0, x1) => runs.push([y, x0, x1]));
    if (incomplete) return 'loading';
    const [, ...others] = splitObject(runs, cut);
    if (others.length === 0) return 'not-split';
    const created = host.newObjectsLike(object, others.length);
    const gesture = host.document.beginGesture();
    others.forEach((piece: Piece, i) => {
      for (const [y, x0, x1] of piece) gesture.paintRun(y, x0, x1, created[i]!.label, (old) => old === label);
    });
    gesture.show();
    host.commit(gesture, this.name, { label, created, mayReplace: () => true, blocked: null });
    return null;
  }
}
